"""What a source hands to the door: rows as they are, and what could not be read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from data.sources.encodings import undecodable

BROKEN: Final = pl.Schema(
    {
        "line": pl.Int64,
        "line_end": pl.Int64,
        "rule": pl.String,
        "row": pl.String,
    }
)
FLAWS: Final = pl.Schema({"index": pl.Int64, "position": pl.Int64, "rule": pl.String})


@dataclass(frozen=True)
class Notice:
    """Something worth knowing about a file that stops nothing."""

    kind: str  # format, extra_columns, source_rows, hidden_rows, ...
    file: str
    words: str
    count: int | None = None


@dataclass(frozen=True)
class Extract:
    """Some rows of one file, in the file's order.

    `rows` has one column per source column, named by its position from 1; `line` and
    `line_end` say where each row stands. `broken` are rows that have no cells. `flaws`
    are cells, by row index and position, that the source itself cannot vouch for.
    Where it is `described`, its headers are names for sure, and no row of data.
    """

    file: str
    headers: tuple[str, ...]
    rows: pl.DataFrame
    line: pl.Series
    line_end: pl.Series
    broken: pl.DataFrame
    notices: tuple[Notice, ...] = ()
    flaws: pl.DataFrame = field(default_factory=FLAWS.to_frame)
    described: bool = False


@dataclass
class Broken:
    """Rows that could not be split into cells, with their lines and why."""

    rows: list[tuple[int, int, str, str]] = field(default_factory=list)

    def add(self, line: int, line_end: int, rule: str, raw: str) -> None:
        """Keep the raw text; bytes that are no text are written as \\xNN."""
        kept = json.dumps({"_raw": printable(raw)}, ensure_ascii=False)
        self.rows.append((line, line_end, rule, kept))

    def frame(self) -> pl.DataFrame:
        """The rows so far."""
        return pl.DataFrame(self.rows, schema=BROKEN, orient="row")


def printable(raw: str) -> str:
    """Text in which undecodable bytes and lone surrogates are written out."""
    return "".join(map(_letter, raw)) if undecodable(raw) else raw


def _letter(letter: str) -> str:
    if "\udc80" <= letter <= "\udcff":
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter


def names(width: int) -> list[str]:
    """The names of a source's columns: their positions from 1."""
    return [str(position) for position in range(1, width + 1)]


def text_frame(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    """Cells as text, one column per position."""
    schema = dict.fromkeys(names(width), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
