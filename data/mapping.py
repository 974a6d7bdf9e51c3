"""How one table's columns and values are found in a company's own files."""

import codecs
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from data.schemas import INPUTS, fields
from data.spelling import nearest


class Setting(BaseModel):
    """Part of the settings: cannot change, and knows no other keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRule(Setting):
    """Where a column comes from: exactly one of these."""

    source: str | None = Field(default=None, min_length=1)
    position: int | None = Field(default=None, ge=1)
    constant: str | None = None
    join: tuple[str, ...] | None = Field(default=None, min_length=1)
    separator: str = ""
    row_number: bool = False

    @model_validator(mode="before")
    @classmethod
    def _header(cls, given: Any) -> Any:
        return {"source": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = (self.source, self.position, self.constant, self.join)
        count = sum(origin is not None for origin in origins) + self.row_number
        if count != 1:
            raise ValueError(
                "needs a source header, or exactly one of position, constant, join, "
                "row_number"
            )
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        """The source headers that it reads."""
        return self.join or ((self.source,) if self.source else ())


def _inside(pattern: str) -> str:
    parts = PurePosixPath(pattern).parts
    outside = pattern.startswith("/") or PureWindowsPath(pattern).drive
    wild = any("**" in part and part != "**" for part in parts)
    if not parts or outside or wild or ".." in parts or "\\" in pattern:
        raise ValueError("must be a name or pattern inside the source folder")
    return pattern


# Encodings of host names, and of nothing: no file is written in them.
NOT_WRITTEN = ("idna", "punycode", "undefined")


def _qualified(table: str) -> str:
    parts = table.split(".")
    if len(parts) > 2 or not all(part and part.isprintable() for part in parts):
        raise ValueError("must be table or schema.table; ask others in database_query")
    return table


def _one_query(query: str) -> str:
    bare = query.strip().rstrip(";").rstrip()
    if not bare or "\0" in bare:
        raise ValueError("must be one SELECT")
    return bare


def _known_encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # refuses what turns bytes into bytes, such as base64
        known = codecs.getincrementaldecoder(found) and found not in NOT_WRITTEN
    except (LookupError, UnicodeError, ValueError):
        known = False
    if not known:
        raise ValueError("is not an encoding; write one such as gb18030")
    return found


def _one_delimiter(delimiter: str) -> str:
    if delimiter == "tab":
        return "\t"
    if delimiter == "whitespace" or _separates(delimiter):
        return delimiter
    raise ValueError('must be one plain character, "tab" or "whitespace"')


def _separates(delimiter: str) -> bool:
    plain = len(delimiter) == 1 and delimiter.isascii()
    return plain and not delimiter.isalnum() and delimiter not in '"\r\n\0'


def _date_format(pattern: str) -> str:
    year = "%Y" in pattern or "%y" in pattern
    if not (year and "%m" in pattern and "%d" in pattern):
        raise ValueError("must hold %Y, %m and %d, such as %d/%m/%Y")
    return pattern


# Files of the machine beside the zones; they mean another place on another machine.
LOCAL_ZONES = ("localtime", "Factory")


def _known_zone(name: str) -> str:
    if name not in available_timezones() or name in LOCAL_ZONES:
        raise ValueError("is not a time zone; write one such as Asia/Shanghai")
    return name


SOURCES = ("file", "files", "query", "database_table", "database_query")
OF_FILES = ("header", "sheet", "header_row", "delimiter", "encoding")
Zone = Annotated[str, AfterValidator(_known_zone)]
Pattern = Annotated[str, AfterValidator(_inside)]


class TableSettings(Setting):
    """Where a table comes from and how its cells are written."""

    file: Pattern | None = None
    files: tuple[Pattern, ...] = ()
    query: str | None = Field(default=None, min_length=1)
    # Where they lie is not part of what a snapshot tells about its settings.
    database_table: Annotated[str, AfterValidator(_qualified)] | None = Field(
        default=None, exclude=True
    )
    database_query: Annotated[str, AfterValidator(_one_query)] | None = Field(
        default=None, exclude=True
    )
    columns: Mapping[str, ColumnRule] = Field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    header: bool = True
    sheet: str | None = Field(default=None, min_length=1)
    header_row: int | None = Field(default=None, ge=1)
    delimiter: Annotated[str, AfterValidator(_one_delimiter)] | None = None
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    date_format: Annotated[str, AfterValidator(_date_format)] | None = None
    decimal: Literal[".", ","] = "."
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        named = [key for key in SOURCES if getattr(self, key)]
        if len(named) > 1:
            raise ValueError(f"takes one of {', '.join(SOURCES)}")
        if not self.header and not self._positions():
            raise ValueError("header = false needs columns with a position")
        of_files = self.model_fields_set.intersection(OF_FILES)
        if self.in_database and of_files:
            raise ValueError(
                f"{named[0]} is no file; leave out {', '.join(sorted(of_files))}"
            )
        return self

    def _positions(self) -> bool:
        return any(rule.position is not None for rule in self.columns.values())

    @property
    def in_database(self) -> bool:
        """Whether its rows are asked of the company's database."""
        return bool(self.database_table or self.database_query)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The files named, in the order that they are read."""
        return (self.file,) if self.file else self.files

    @property
    def numbered(self) -> bool:
        """Whether the table has no key of its own: it is replaced whole."""
        return any(rule.row_number for rule in self.columns.values())

    def check_columns(self, table: str) -> None:
        """Refuse a table or column that the contract does not have."""
        if table not in INPUTS:
            raise ValueError(f"unknown key tables.{table}; {nearest(table, INPUTS)}")
        known = fields(table)
        for part, names in (("columns", self.columns), ("values", self.values)):
            for name in names:
                if name not in known:
                    key = f"tables.{table}.{part}.{name}"
                    raise ValueError(f"unknown key {key}; {nearest(name, known)}")
