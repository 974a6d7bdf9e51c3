"""The rows of one sheet, in batches of bounded size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Any, Final

from data.confined import xml
from data.confined.cells import Cell, Meanings, Read
from data.confined.package import EXPANDS
from data.confined.refusal import Refusal

ROWS: Final = 20_000  # of a batch
LETTERS: Final = 8_000_000  # of a batch
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
COLUMN: Final = re.compile(r"[A-Za-z]{1,3}")
HIDDEN: Final = frozenset({"1", "true"})
EMPTY: Final[Read] = ("", None)
Message = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """Where the rows of a sheet are."""

    header: bool
    header_row: int | None  # the first that is not blank
    width: int  # without header
    columns: int  # more are refused
    letters: int  # of all cells; more are refused


@dataclass
class Row:
    """A row of cells by position from 1, blank ones left out."""

    line: int
    hidden: bool
    cells: dict[int, Read] = field(default_factory=dict)


@dataclass
class Batch:
    """Rows by column, as they go to the other process."""

    width: int
    line: list[int] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
    flaws: list[tuple[int, int, str]] = field(default_factory=list)
    letters: int = 0

    def __post_init__(self) -> None:
        self.columns = [[] for _ in range(self.width)]

    def add(self, row: Row) -> None:
        """Append a row; cells beyond the width are left out."""
        get = row.cells.get
        for position, column in enumerate(self.columns, 1):
            text, rule = get(position, EMPTY)
            column.append(text)
            self.letters += len(text)
            if rule:
                self.flaws.append((len(self.line), position, rule))
        self.line.append(row.line)

    @property
    def full(self) -> bool:
        """Whether it is time to hand it on."""
        return len(self.line) >= ROWS or self.letters >= LETTERS

    def message(self) -> Message:
        """The batch as it is handed on."""
        return {"line": self.line, "columns": self.columns, "flaws": self.flaws}


def rows(stream: IO[bytes], meanings: Meanings, shape: Shape) -> Iterator[Message]:
    """The headers of a sheet, its rows in batches, and what is worth knowing of them.

    Errors: Refusal when there is no row, or a cell or the header is too large.
    """
    found = _Rows(meanings)
    told = _Told(shape)
    for _ in xml.feed(stream, found.parser()):
        for row in found.ready:
            yield from told.take(row)
        found.ready.clear()
    yield from told.rest(_below(found.merged, told.top))


@dataclass
class _Told:
    """Rows on their way out: the header first, then batches."""

    shape: Shape
    batch: Batch | None = None
    top: int = 0  # the line of the header
    hidden: int = 0
    beyond: int = 0
    letters: int = 0

    def take(self, row: Row) -> Iterator[Message]:
        if self.batch:
            yield from self._add(row, self.batch)
        elif row.line >= (self.shape.header_row or 0):
            yield from self._begin(row)

    def _add(self, row: Row, batch: Batch) -> Iterator[Message]:
        self.hidden += row.hidden
        self.beyond += any(place > batch.width for place in row.cells)
        batch.add(row)
        if batch.full:
            self.letters += batch.letters
            if self.letters > self.shape.letters:  # shared texts, repeated
                raise Refusal(EXPANDS)
            yield batch.message()
            self.batch = Batch(batch.width)

    def _begin(self, row: Row) -> Iterator[Message]:
        if not self.shape.header:
            self.batch = Batch(self.shape.width)
            self.top = row.line - 1
            yield {"headers": []}
            yield from self._add(row, self.batch)
            return
        headers = self._headers(row)
        self.batch = Batch(len(headers))
        self.top = row.line
        yield {"headers": headers}

    def _headers(self, row: Row) -> list[str]:
        wanted, width = self.shape.header_row, max(row.cells)
        if wanted and row.line != wanted:
            raise Refusal(f"has no header in row {wanted}, which header_row names")
        if width > self.shape.columns:
            raise Refusal(
                f"has more than {self.shape.columns:,} columns (rule limit); leave out "
                "those that are not needed, or raise the bound in [limits] of the "
                "settings"
            )
        return [row.cells.get(place, EMPTY)[0] for place in range(1, width + 1)]

    def rest(self, merged: int) -> Iterator[Message]:
        if self.batch is None:
            raise Refusal("has no rows in its sheet; export it again")
        yield self.batch.message()
        counts = (
            ("hidden_rows", self.hidden, "hidden rows were read like the others."),
            (
                "merged_cells",
                merged,
                "merged areas: the value counts for the first cell, the others are "
                "blank.",
            ),
            ("beyond_header", self.beyond, "rows have cells beyond the header."),
        )
        for kind, count, words in counts:
            if count:
                yield {"notice": [kind, f"{count} {words}", count]}


def _below(areas: list[str], top: int) -> int:
    """How many merged areas reach below the header."""
    ends = (re.search(r"([0-9]{1,7})$", area) for area in areas)
    return sum(int(end[1]) > top for end in ends if end)


class _Rows:
    """Gathers rows from a sheet's XML; `ready` are those that are whole."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.ready: list[Row] = []
        self.merged: list[str] = []
        self.row = Row(0, hidden=False)
        self.cell: Cell | None = None
        self.place = 0
        self.texts: list[str] = []
        self.size = 0
        self.kept = self.aside = False

    def parser(self) -> Any:
        made = xml.parser()
        made.StartElementHandler = self._start
        made.EndElementHandler = self._end
        made.CharacterDataHandler = self._text
        return made

    def _start(self, name: str, about: xml.Attributes) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._open_cell(about)
        elif tag in ("v", "t"):
            self.kept = self.cell is not None and not self.aside
        elif tag == "f" and self.cell:
            self.cell.computed = True
        elif tag == "row":
            self._open_row(about)
        elif tag == "rPh":
            self.aside = True
        elif tag == "mergeCell":
            self.merged.append(about.get("ref", ""))

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c" and self.cell:
            self._close_cell(self.cell)
        elif tag in ("v", "t"):
            self.kept = False
        elif tag == "row":
            if any(text.strip() or rule for text, rule in self.row.cells.values()):
                self.ready.append(self.row)
        elif tag == "rPh":
            self.aside = False

    def _text(self, letters: str) -> None:
        if self.kept:
            self.size = xml.bounded(self.size + len(letters))
            self.texts.append(letters)

    def _open_row(self, about: xml.Attributes) -> None:
        written = about.get("r", "")
        line = int(written) if written.isdecimal() else self.row.line + 1
        if line > LAST_ROW:
            raise Refusal(f"has rows beyond {LAST_ROW:,} (rule limit)")
        self.row = Row(line, about.get("hidden", "") in HIDDEN)
        self.place = 0

    def _open_cell(self, about: xml.Attributes) -> None:
        letters = COLUMN.match(about.get("r", ""))
        self.place = _position(letters[0]) if letters else self.place + 1
        if self.place > LAST_COLUMN:
            raise Refusal(f"has more than {LAST_COLUMN:,} columns (rule limit)")
        style = about.get("s", "0")
        number = int(style) if style.isdecimal() and len(style) < 8 else 0
        self.cell = Cell(self.place, about.get("t", "n"), number, "", computed=False)
        self.texts, self.size = [], 0

    def _close_cell(self, cell: Cell) -> None:
        cell.text = "".join(self.texts)
        read = self.meanings.read(cell)
        if read != EMPTY:
            self.row.cells[cell.position] = read
        self.cell = None


@cache
def _position(letters: str) -> int:
    """A column's position from its letters: A is 1, Z is 26, AA is 27."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place
