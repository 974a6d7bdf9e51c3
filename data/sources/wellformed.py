"""Reading well-formed delimited text fast; anything else is left to `records`.

A block is well-formed when it is UTF-8, its lines end in a line feed and every quote
stands where a field starts or ends. Then line ends and delimiters outside quotes are
counted as bytes, and Polars reads the records that have the right number of fields.
"""

import io
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.sources.extracts import Broken, names
from data.sources.records import Layout

FEED, RETURN, QUOTE = 10, 13, 34
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
BEFORE_OPENING: Final = (FEED, QUOTE)
AFTER_CLOSING: Final = (FEED, RETURN, QUOTE)


@dataclass(frozen=True)
class Fast:
    """Whole records with their lines, and those of the wrong width."""

    rows: pl.DataFrame
    line: pl.Series
    line_end: pl.Series
    broken: Broken
    lines: int


@dataclass(frozen=True)
class Spans:
    """Where records start and end, and on which lines."""

    start: Places
    end: Places  # past the line end
    line: Places
    line_end: Places


def whole_records(block: bytes) -> int:
    """How many bytes of a block of lines are whole records, if well quoted."""
    if QUOTE not in block:
        return len(block)
    outside = ~_inside(np.frombuffer(block, np.uint8))
    ends = np.flatnonzero(outside & (np.frombuffer(block, np.uint8) == FEED))
    return int(ends[-1]) + 1 if len(ends) else 0


def read(block: bytes, layout: Layout, first_line: int) -> Fast | None:
    """The records of a block that ends with one; None if it needs care."""
    if not block.endswith(b"\n") or _has_bare_returns(block):
        return None
    try:
        return _even(block, layout, first_line) or _any(block, layout, first_line)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return None


def _even(block: bytes, layout: Layout, first_line: int) -> Fast | None:
    """The records of a block in which every line is one, without quotes.

    Polars refuses lines with too many fields. If the delimiters are as many as all
    lines need, none has too few either, and none is blank.
    """
    letters = np.frombuffer(block, np.uint8)
    height = int(np.count_nonzero(letters == FEED))
    marks = int(np.count_nonzero(letters == ord(layout.delimiter)))
    expected = height * (layout.width - 1)
    if QUOTE in block or block.startswith(BOM_UTF8) or not marks == expected > 0:
        return None
    try:
        rows = _parsed(block, layout, quoted=False)
    except pl.exceptions.PolarsError:
        return None
    if rows.height != height:
        return None
    line = pl.int_range(first_line, first_line + height, dtype=pl.Int64, eager=True)
    return Fast(rows, line.alias("line"), line.alias("line_end"), Broken(), height)


def _any(block: bytes, layout: Layout, first_line: int) -> Fast | None:
    """The records of a block that may have quotes, blank and ragged lines."""
    letters = np.frombuffer(block, np.uint8)
    inside = _inside(letters) if QUOTE in block else None
    if inside is not None and not _well_quoted(letters, inside, layout):
        return None
    spans = _spans(letters, inside, first_line)
    widths = _widths(letters, inside, spans.start, layout)
    return _rows(block, layout, spans, widths)


def _has_bare_returns(block: bytes) -> bool:
    return b"\r" in block and block.count(b"\r") != block.count(b"\r\n")


def _inside(letters: Bytes) -> Mask:
    """Whether a byte is inside quotes: after an odd number of them."""
    return (np.cumsum(letters == QUOTE, dtype=np.uint8) & 1).astype(np.bool_)


def _well_quoted(letters: Bytes, inside: Mask, layout: Layout) -> bool:
    quotes = np.flatnonzero(letters == QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    padded = np.concatenate(([FEED], letters, [FEED]))
    before, after = padded[opening], padded[closing + 2]
    mark = ord(layout.delimiter)
    doubled = before[1:] == QUOTE
    within = np.isin(before, (mark, *BEFORE_OPENING)).all()
    follows = closing[:-1] + 1 == opening[1:]
    return bool(
        within
        and np.isin(after, (mark, *AFTER_CLOSING)).all()
        and (doubled <= follows).all()
    )


def _spans(letters: Bytes, inside: Mask | None, first_line: int) -> Spans:
    feeds = np.flatnonzero(letters == FEED)
    ends = feeds if inside is None else feeds[~inside[feeds]]
    numbers = np.searchsorted(feeds, ends) + first_line
    starts = np.concatenate(([0], ends[:-1] + 1))
    firsts = np.concatenate(([first_line], numbers[:-1] + 1))
    return Spans(starts, ends + 1, firsts, numbers)


def _widths(
    letters: Bytes, inside: Mask | None, starts: Places, layout: Layout
) -> Places:
    marks = letters == ord(layout.delimiter)
    if inside is not None:
        marks &= ~inside
    # Bytes are added many times faster than numbers, and tell if they were too small.
    counts = np.add.reduceat(marks.view(np.uint8), starts, dtype=np.uint8)
    if counts.sum(dtype=np.int64) != np.count_nonzero(marks):
        counts = np.add.reduceat(marks.view(np.uint8), starts, dtype=np.int64)
    return counts.astype(np.int64) + 1


def _rows(block: bytes, layout: Layout, spans: Spans, widths: Places) -> Fast | None:
    blank = _blank(block, spans)
    wrong = (widths != layout.width) & ~blank
    if (wrong & (spans.line != spans.line_end)).any():
        return None  # a stray quote may have swallowed the rows below
    good = ~(wrong | blank)
    kept = block if good.all() else _kept(block, spans, good)
    if kept.startswith(BOM_UTF8):
        return None  # Polars would take it from the first cell
    rows = _parsed(kept, layout, quoted=QUOTE in block)
    if rows.height != int(good.sum()):
        return None
    return Fast(
        rows,
        pl.Series("line", spans.line[good], dtype=pl.Int64),
        pl.Series("line_end", spans.line_end[good], dtype=pl.Int64),
        _broken(block, spans, wrong),
        block.count(b"\n"),
    )


def _blank(block: bytes, spans: Spans) -> Mask:
    letters = np.frombuffer(block, np.uint8)
    size = spans.end - spans.start
    bare = (size == 2) & (letters[spans.start] == RETURN)
    return np.asarray((size == 1) | bare, dtype=np.bool_)


def _kept(block: bytes, spans: Spans, good: Mask) -> bytes:
    """The block without the records that are blank or of the wrong width."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.view(np.int8), [0]))))
    runs = zip(edges[0::2], edges[1::2], strict=True)
    view = memoryview(block)
    return b"".join(view[spans.start[a] : spans.end[b - 1]] for a, b in runs)


def _parsed(block: bytes, layout: Layout, *, quoted: bool) -> pl.DataFrame:
    schema = dict.fromkeys(names(layout.width), pl.String)
    if not block:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(
        io.BytesIO(block),
        has_header=False,
        schema=schema,
        separator=layout.delimiter,
        quote_char='"' if quoted else None,
        empty_string_is_null=False,
    )


def _broken(block: bytes, spans: Spans, wrong: Mask) -> Broken:
    broken = Broken()
    for at in np.flatnonzero(wrong):
        raw = block[spans.start[at] : spans.end[at]].decode("utf-8").rstrip("\r\n")
        broken.add(int(spans.line[at]), int(spans.line_end[at]), "field_count", raw)
    return broken
