"""Which source column becomes which column of the contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from data.errors import RefusedError
from data.mapping import ColumnRule, TableSettings
from data.schemas import fields, required_columns
from data.sources.dialects import normal
from data.sources.extracts import Extract, Notice
from data.sources.files import shown

NUMBER: Final = "_number"  # no name of a source's column, as these are numbers
NAMED: Final = 20  # columns that a notice names


@dataclass(frozen=True)
class Plan:
    """For every column that the source has, an expression over its positions."""

    columns: Mapping[str, pl.Expr]
    extra: tuple[str, ...]
    familiar: bool  # whether the headers are names, and no row of data

    @property
    def numbered(self) -> bool:
        """Whether a column is the row's number."""
        return any(NUMBER in each.meta.root_names() for each in self.columns.values())


def known_headers(table: str, settings: TableSettings) -> frozenset[str]:
    """The headers that the contract or the settings speak of, as they are compared."""
    mapped = (header for rule in settings.columns.values() for header in rule.headers)
    return frozenset(normal(header) for header in (*fields(table), *mapped))


def plan(table: str, settings: TableSettings, extract: Extract) -> Plan:
    """How to make a table's columns from a file's.

    Errors: RefusedError when a required or mapped column is not in the file, or a
    column that is needed stands in it twice.
    """
    places = _places(extract.headers)
    finder = _Finder(table, extract, places)
    found = {
        name: finder.expression(name, settings.columns.get(name))
        for name in fields(table)
        if name in settings.columns or normal(name) in places
    }
    known = known_headers(table, settings)
    familiar = extract.described or not known.isdisjoint(places)
    _refuse_missing(table, extract, found, familiar=familiar)
    return Plan(found, _extra(extract.headers, known), familiar)


def canonical(extract: Extract, columns: Plan, first: int) -> pl.DataFrame:
    """The columns of the contract that the source has, as the source writes them."""
    rows = extract.rows
    if columns.numbered:
        number = pl.int_range(first, first + rows.height, dtype=pl.Int64)
        rows = rows.with_columns(number.alias(NUMBER))
    return rows.select(**columns.columns)


def extra_columns(extract: Extract, columns: Plan) -> tuple[Notice, ...]:
    """A notice that names the columns which were kept out."""
    count = len(columns.extra)
    if not count:
        return ()
    words = f"{count} columns kept out."
    if columns.familiar:  # else the first line may be a row, and rows stay private
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        words = f"Columns kept out: {', '.join(columns.extra[:NAMED])}{more}."
    return (Notice("extra_columns", extract.file, words, count),)


def flawed(extract: Extract, columns: Plan) -> pl.DataFrame:
    """The flaws of an extract by row, contract's column and rule, one per cell."""
    read = pl.DataFrame(
        [
            (name, int(position))
            for name, expression in columns.columns.items()
            for position in expression.meta.root_names()
            if position.isdecimal()
        ],
        schema={"column": pl.String, "position": pl.Int64},
        orient="row",
    )
    cells = extract.flaws.join(read, on="position", maintain_order="left")
    first = cells.unique(["index", "column"], keep="first", maintain_order=True)
    return first.select("index", "column", "rule")


def raw_row(extract: Extract) -> pl.Expr:
    """The row as JSON text, by source header."""
    headers = extract.headers or tuple(extract.rows.columns)
    named = (
        _as_text(pl.col(cells.name), cells.dtype).alias(header)
        for cells, header in zip(extract.rows, _distinct(headers), strict=True)
    )
    return pl.struct(*named).struct.json_encode()


def _as_text(cells: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Cells as text; kinds that no column of ours can be are left out."""
    if kind.is_nested() or kind in (pl.Duration, pl.Object):
        return pl.lit(None, dtype=pl.String)
    if kind == pl.Binary:
        return cells.bin.encode("base64")
    return cells.cast(pl.String, strict=False)


@dataclass(frozen=True)
class _Finder:
    """Finds a column in one file."""

    table: str
    extract: Extract
    places: Mapping[str, Sequence[int]]

    def expression(self, name: str, rule: ColumnRule | None) -> pl.Expr:
        if rule is None:
            return self._header(name, name)
        if rule.row_number:
            return pl.col(NUMBER).cast(pl.String)
        if rule.constant is not None:
            return pl.lit(rule.constant)
        if rule.position is not None:
            return self._position(name, rule.position)
        parts = [self._header(name, header) for header in rule.headers]
        if not rule.join:
            return parts[0]
        return pl.concat_str(
            *(part.cast(pl.String) for part in parts), separator=rule.separator
        )

    def _header(self, name: str, header: str) -> pl.Expr:
        places = self.places.get(normal(header), ())
        if len(places) == 1:
            return pl.col(str(places[0]))
        problem = "has no column" if not places else f"has {len(places)} columns"
        raise RefusedError(
            f"{self.extract.file} {problem} {header}, which {self.table}.{name} is "
            "read from; put it right in the file or in the settings."
        )

    def _position(self, name: str, position: int) -> pl.Expr:
        if position <= self.extract.rows.width:
            return pl.col(str(position))
        raise RefusedError(
            f"{self.extract.file} has {self.extract.rows.width} columns; "
            f"{self.table}.{name} is mapped to position {position}."
        )


def _places(headers: Iterable[str]) -> dict[str, list[int]]:
    """The positions, from 1, at which each header stands."""
    places: dict[str, list[int]] = {}
    for position, header in enumerate(headers, 1):
        places.setdefault(normal(header), []).append(position)
    return places


def _refuse_missing(
    table: str, extract: Extract, found: Mapping[str, pl.Expr], *, familiar: bool
) -> None:
    missing = [name for name in required_columns(table) if name not in found]
    if not missing:
        return
    remedy = (
        f"map them in [tables.{table}.columns] of the settings."
        if familiar
        else "its first line names no known column; is its header line missing?"
    )
    raise RefusedError(
        f"{extract.file} lacks the required columns {', '.join(missing)} of {table}; "
        + remedy
    )


def _extra(headers: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """Headers that nobody asked for; a nameless one is not worth a word."""
    return tuple(
        shown(header.strip())
        for header in headers
        if normal(header) not in {*known, ""}
    )


def _distinct(headers: Sequence[str]) -> list[str]:
    """Headers as keys: a repeated or nameless one has its position added."""
    seen: set[str] = set()
    keys = []
    for position, header in enumerate(headers, 1):
        key = header or f"_{position}"
        while key in seen:
            key = f"{key}_{position}"
        seen.add(key)
        keys.append(key)
    return keys
