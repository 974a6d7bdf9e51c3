"""One hostile delivery, made from its number alone: settings, tables, files, rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.hostile import texts
from tests.hostile.cells import Cell, Manners, Pen
from tests.hostile.contract import TABLES, WORDS
from tests.hostile.moments import SHAPES
from tests.hostile.oracle import Lines, Rules
from tests.hostile.printing import Printer, Sketch, left_open
from tests.hostile.rows import Author, Row
from tests.hostile.spoiling import spoiled
from tests.hostile.writing import Extract, write

NIGHT: Final = datetime(2026, 11, 1, tzinfo=UTC)
ZONES: Final = ("Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Europe/Berlin")
ODD_ZONES: Final = ("America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata", "UTC")
FORMATS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y.%m.%d")
DECLARED: Final = ("gb18030", "utf-8", "utf-16-le")
SHARES: Final = (0.0, 0.02, 1 / 7, 1 / 7, 0.4, 0.9)
OTHERS: Final = tuple(table for table in TABLES if table != "orders")
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz_"
CHINESE: Final = str.maketrans(
    LETTERS, "天地人日月水火山石田土木金风云雨花草鱼马牛羊米竹车门心"
)


@dataclass(frozen=True)
class Case:
    """A delivery, what the settings say, and when it is loaded."""

    number: int
    settings: Mapping[str, Any]
    now: datetime
    sketches: Sequence[Sketch]
    extracts: Sequence[Extract]

    @property
    def rules(self) -> Rules:
        flags = ("allow_anonymous", "customers_complete")
        return Rules(*(self.settings.get(flag, False) for flag in flags))

    def write(self, folder: Path) -> dict[str, list[Lines]]:
        """Write the files into a folder; what the oracle knows of them, by table."""
        folder.mkdir()
        found: dict[str, list[Lines]] = {}
        for each in sorted(self.extracts, key=lambda extract: extract.file):
            lines = zip(write(folder, each), each.rows, strict=True)
            found.setdefault(each.table, []).append(Lines(each.file, list(lines)))
        return found


def case(number: int) -> Case:
    """The case of a number, the same on every machine."""
    return _Maker(number, Random(number)).case()


def foreign(name: str) -> str:
    """Another name of a column, in everyday Chinese, letter for letter."""
    return name.translate(CHINESE)


class _Maker:
    def __init__(self, number: int, rng: Random) -> None:
        self.number = number
        self.rng = rng
        self.now = NIGHT + timedelta(minutes=rng.randrange(24 * 60))
        self.seasons = [
            self.now.replace(tzinfo=None) - timedelta(days=rng.randrange(60, 1_500))
            for _ in range(2)
        ]
        self.settings: dict[str, Any] = {}
        self.share = rng.choice(SHARES)
        self.every = rng.choice((0, 0, 7))
        self.ids = {"customer_id": self._ids("C"), "store_id": self._ids("S")}

    def case(self) -> Case:
        self._set()
        others = self.rng.sample(OTHERS, self.rng.choice((0, 1, 1, 2, 3)))
        if self._odds(0.15):
            self.settings["customers_complete"] = True
            others = ["customers", *(each for each in others if each != "customers")]
        sketches = [self._sketch(table) for table in ("orders", *others)]
        printer = Printer(self.rng)
        extracts = [each for sketch in sketches for each in printer.extracts(sketch)]
        return Case(self.number, self.settings, self.now, sketches, extracts)

    def _odds(self, share: float) -> bool:
        return self.rng.random() < share

    def _set(self) -> None:
        zones = ODD_ZONES if self._odds(0.25) else ZONES
        self.settings["timezone"] = self.rng.choice(zones)
        if self._odds(0.2):
            self.settings["naive_timezone"] = self.rng.choice(ZONES)
        self.settings["allow_anonymous"] = self._odds(0.2)

    def _ids(self, prefix: str) -> list[str]:
        return [texts.identifier(self.rng, prefix, n) for n in range(1, 11)]

    def _sketch(self, table: str) -> Sketch:
        columns = self._columns(table)
        own, constants = self._own(table, columns), self._constants(table, columns)
        habits = {
            f"{table}.{name}": self.rng.choice(SHAPES)
            for name in TABLES[table]
            if self._odds(0.3)
        }
        pen = Pen(self.rng, self._manners(own), self.seasons, habits)
        author = Author(table, pen, columns, self.ids)
        rows = self._rows(author)
        for name, text in constants.items():
            own.setdefault("columns", {})[name] = {"constant": text}
            rows = [row.but(**{name: Cell(text, text)}) for row in rows]
        if own:
            self.settings.setdefault("tables", {})[table] = own
        sketch = Sketch(table, columns, rows, own, author)
        if own.get("header") is False:  # then the first row says how many cells are due
            return replace(sketch, rows=[replace(row, flaw=None) for row in rows])
        return left_open(sketch) if self._odds(0.04) else sketch

    def _constants(self, table: str, columns: Sequence[str]) -> dict[str, str]:
        """A column that the settings say once for all rows."""
        free = [
            name
            for name, column in TABLES[table].items()
            if column.kind == "text" and name not in columns
        ]
        return {self.rng.choice(free): "邮购"} if free and self._odds(0.1) else {}

    def _own(self, table: str, columns: list[str]) -> dict[str, Any]:
        """What the settings say of a table."""
        choices = {
            "date_format": (0.15, FORMATS),
            "decimal": (0.15, (",",)),
            "encoding": (0.1, DECLARED),
            "delimiter": (0.1, (",", ";", "|")),
            "timezone": (0.1, ZONES),
        }
        own: dict[str, Any] = {
            name: self.rng.choice(values)
            for name, (share, values) in choices.items()
            if self._odds(share)
        }
        if self._odds(0.1):
            own["columns"] = {name: foreign(name) for name in columns}
        elif self._odds(0.05):
            own |= {"header": False, "delimiter": ";"}
            places = enumerate(columns, start=1)
            own["columns"] = {name: {"position": place} for place, name in places}
        if self._odds(0.1):
            own["values"] = {
                name: {foreign(word): word for word in words}
                for (where, name), words in WORDS.items()
                if where == table
            }
        if table == "orders" and self._odds(0.1):
            own["files"] = ["销售明细*"]
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
            words={
                (name, word): text
                for name, words in own.get("values", {}).items()
                for text, word in words.items()
            },
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
        return replace(row, cells={**row.cells, name: other.cells[name]})
