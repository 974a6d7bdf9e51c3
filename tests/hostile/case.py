"""One hostile delivery, made from its number alone: settings, tables, files, rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.hostile import texts
from tests.hostile.cells import Manners, Pen
from tests.hostile.contract import TABLES
from tests.hostile.moments import SHAPES
from tests.hostile.oracle import Ledger, Lines, Rules
from tests.hostile.rows import Author, Row
from tests.hostile.spoiling import spoiled
from tests.hostile.writing import (
    ENCODINGS,
    ENDINGS,
    QUOTING,
    Dialect,
    Extract,
    encodable,
    write,
)

NIGHT: Final = datetime(2026, 11, 1, tzinfo=UTC)
ZONES: Final = ("Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Europe/Berlin")
ODD_ZONES: Final = ("America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata", "UTC")
FORMS: Final = ("csv",) * 6 + ("csv.gz", "csv.zip", "parquet")
FORMATS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y.%m.%d")
SHARES: Final = (0.0, 0.02, 1 / 7, 1 / 7, 0.4)
OTHERS: Final = tuple(table for table in TABLES if table != "orders")


@dataclass(frozen=True)
class Case:
    """A delivery, what the settings say, and when it is loaded."""

    number: int
    settings: Mapping[str, Any]
    rules: Rules
    now: datetime
    extracts: Sequence[Extract]

    def write(self, folder: Path) -> dict[str, list[Lines]]:
        """Write the files into a folder; what the oracle knows of them, by table."""
        folder.mkdir()
        found: dict[str, list[Lines]] = {}
        for each in sorted(self.extracts, key=lambda extract: extract.file):
            lines = zip(write(folder, each), each.rows, strict=True)
            found.setdefault(each.table, []).append(Lines(each.file, list(lines)))
        return found

    def ledger(self) -> Ledger:
        return Ledger(self.rules)


def case(number: int) -> Case:
    """The case of a number, the same on every machine."""
    return _Maker(number, Random(number)).case()


class _Maker:
    def __init__(self, number: int, rng: Random) -> None:
        self.number = number
        self.rng = rng
        self.now = NIGHT + timedelta(minutes=rng.randrange(24 * 60))
        self.settings: dict[str, Any] = {}
        self.share = rng.choice(SHARES)
        self.every = rng.choice((0, 0, 7))

    def case(self) -> Case:
        self._set()
        ids = {"customer_id": self._ids("C"), "store_id": self._ids("S")}
        others = self.rng.sample(OTHERS, self.rng.choice((0, 1, 1, 2, 3)))
        extracts = [
            extract
            for table in ("orders", *others)
            for extract in self._table(table, ids)
        ]
        flags = ("allow_anonymous", "customers_complete")
        rules = Rules(*(self.settings.get(flag, False) for flag in flags))
        return Case(self.number, self.settings, rules, self.now, extracts)

    def _odds(self, share: float) -> bool:
        return self.rng.random() < share

    def _set(self) -> None:
        zones = ODD_ZONES if self._odds(0.25) else ZONES
        self.settings["timezone"] = self.rng.choice(zones)
        if self._odds(0.2):
            self.settings["naive_timezone"] = self.rng.choice(ZONES)
        self.settings["allow_anonymous"] = self._odds(0.2)

    def _ids(self, prefix: str) -> list[str]:
        return [texts.identifier(self.rng, prefix, n) for n in range(1, 9)]

    def _table(self, table: str, ids: Mapping[str, Sequence[str]]) -> list[Extract]:
        own = self._table_settings(table)
        names = {k: v for k, v in ids.items() if k != next(iter(TABLES[table]))}
        habits = {
            f"{table}.{name}": self.rng.choice(SHAPES)
            for name in TABLES[table]
            if self._odds(0.3)
        }
        pen = Pen(self.rng, self._manners(own), habits)
        author = Author(table, pen, self._columns(table), names)
        rows = self._rows(author)
        return list(self._files(author, rows))

    def _table_settings(self, table: str) -> dict[str, Any]:
        own: dict[str, Any] = {}
        if self._odds(0.15):
            own["date_format"] = self.rng.choice(FORMATS)
        if self._odds(0.15):
            own["decimal"] = ","
        if self._odds(0.1):
            own["encoding"] = self.rng.choice(("gb18030", "utf-8", "utf-16-le"))
        if self._odds(0.1):
            own["delimiter"] = self.rng.choice(",;|")
        if self._odds(0.1):
            own["timezone"] = self.rng.choice(ZONES)
        if own:
            self.settings.setdefault("tables", {})[table] = own
        return own

    def _manners(self, own: Mapping[str, Any]) -> Manners:
        business = self.settings["timezone"]
        naive = self.settings.get("naive_timezone", business)
        return Manners(
            now=self.now.replace(tzinfo=None),
            business=ZoneInfo(business),
            naive=ZoneInfo(own.get("timezone", naive)),
            date_format=own.get("date_format"),
            comma=own.get("decimal") == ",",
        )

    def _columns(self, table: str) -> list[str]:
        share = self.rng.choice((0.3, 0.7, 1.0))
        names = [
            name
            for name, column in TABLES[table].items()
            if column.required or self._odds(share)
        ]
        if len(names) < 2:
            names.append("name")  # of a store: one column alone has no delimiter
        self.rng.shuffle(names)
        return names

    def _rows(self, author: Author) -> list[Row]:
        most = 40 if author.table == "orders" else 15
        rows: list[Row] = []
        for number in range(1, self.rng.randint(2, most) + 1):
            rows.append(self._row(author, number, rows))
        return rows

    def _row(self, author: Author, number: int, before: Sequence[Row]) -> Row:
        if before and self._odds(0.12):
            return self._again(author, number, self.rng.choice(before))
        row = author.row(number)
        seventh = self.every and number % self.every == 0
        return spoiled(author, row) if seventh or self._odds(self.share) else row

    def _again(self, author: Author, number: int, row: Row) -> Row:
        """A row that was there already: as it was, or with other content."""
        other = author.row(number)
        free = [n for n in other.cells if n != next(iter(TABLES[author.table]))]
        if self._odds(0.5) or not free:
            return row
        name = self.rng.choice(free)
        return row.but(**{name: other.cells[name]})

    def _files(self, author: Author, rows: Sequence[Row]) -> Iterator[Extract]:
        count = min(self.rng.choice((1, 1, 1, 2, 3)), len(rows))
        cuts = sorted(self.rng.sample(range(1, len(rows)), count - 1))
        bounds = zip([0, *cuts], [*cuts, len(rows)], strict=True)
        for number, (first, after) in enumerate(bounds):
            joint = self.rng.choice("_-")
            name = f"{author.table}{joint}{number}" if count > 1 else author.table
            yield self._extract(author, name, rows[first:after])

    def _extract(self, author: Author, name: str, rows: Sequence[Row]) -> Extract:
        table, columns = author.table, list(author.columns)
        self.rng.shuffle(columns)
        form = self.rng.choice(FORMS)
        if any(row.flaw or bytes_that_are_no_text(row) for row in rows):
            form = "csv"
        dialect = self._dialect(rows, self.settings.get("tables", {}).get(table, {}))
        return Extract(
            table=table,
            name=name,
            headers={column: self._header(column, form) for column in columns},
            rows=list(rows),
            form=form,
            dialect=dialect,
            extra=self._extra(form, rows, dialect),
        )

    def _extra(self, form: str, rows: Sequence[Row], how: Dialect) -> str | None:
        """A column of everyday Chinese, where it is needed to tell the encoding."""
        bad = any(bytes_that_are_no_text(row) for row in rows)
        told = not how.encoding.startswith("gb") and not (
            bad and how.encoding == "utf-8"
        )
        wanted = self._odds(0.2) or not (told or not how.marked)
        return "备注" if wanted and form != "parquet" else None

    def _header(self, column: str, form: str) -> str:
        if form == "parquet" or self._odds(0.8):
            return column
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in column)
        return self.rng.choice((column.upper(), f" {column}\u3000", wide))

    def _dialect(self, rows: Sequence[Row], own: Mapping[str, Any]) -> Dialect:
        return Dialect(
            encoding=own.get("encoding") or self._encoding(rows),
            delimiter=own.get("delimiter") or self.rng.choice(",,;\t|"),
            ending=self.rng.choice(ENDINGS),
            quoting=self.rng.choice(QUOTING),
            closed=self._odds(0.8),
            marked="encoding" not in own,
            loose=self._odds(0.2),
            seed=self.rng.randrange(1 << 30),
        )

    def _encoding(self, rows: Sequence[Row]) -> str:
        """One that can be told: not where many lines are no text in it."""
        bad = sum(bytes_that_are_no_text(row) for row in rows) / len(rows)
        found = self.rng.choice(ENCODINGS)
        if found.startswith("gb") and bad > 0.05:
            found = "utf-8"
        if found == "utf-8" and bad > 0.4:
            found = "utf-16-le"
        return found if encodable(rows, found) else "utf-8-sig"


def bytes_that_are_no_text(row: Row) -> bool:
    """Whether a row cannot be decoded."""
    return any(texts.BAD_BYTES in cell.text for cell in row.cells.values())
