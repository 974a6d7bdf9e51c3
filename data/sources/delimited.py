"""Text files with delimiters: read as text, in blocks, with physical line numbers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import polars as pl

from data.errors import RefusedError
from data.mapping import TableSettings
from data.sources import dialects, exported, records, wellformed
from data.sources.compressed import Openable
from data.sources.encodings import Encoding, decoded, detect, size, text, undecodable
from data.sources.extracts import Broken, Extract, Notice, text_frame
from data.sources.records import LONGEST, Layout

HEAD: Final = 64 * 1024
SPOKEN: Final = {"\t": "tab", "whitespace": "blanks"}


@dataclass(frozen=True)
class Opened:
    """A text file whose encoding, delimiter and headers are known."""

    shown: str
    layout: Layout
    headers: tuple[str, ...]
    notice: Notice


def read(
    path: Openable, shown: str, table: TableSettings, known: Collection[str]
) -> Iterator[Extract]:
    """The rows of a text file in extracts of bounded size; at least one.

    Errors: RefusedError when the file is empty, no text, or not decodable.
    """
    table = exported.dialect(path, table)
    encoding = detect(path, shown, table.encoding)
    blocks = _blocks(path, encoding, shown, table)
    first = next(blocks, b"")
    if not first or first.isspace():
        raise RefusedError(f"{shown} is empty; export it again with a header line.")
    opened, end, line = _open(shown, first, encoding, table, known)
    notices: tuple[Notice, ...] = (opened.notice,)
    for extract in _extracts(opened, chain((first[end:],), blocks), line):
        yield replace(extract, notices=notices)
        notices = ()


def _blocks(
    path: Openable, encoding: Encoding, shown: str, table: TableSettings
) -> Iterator[bytes]:
    try:
        for block in decoded(path, encoding):
            spaced = table.delimiter == "whitespace"
            yield dialects.single_blanks(block) if spaced else block
    except UnicodeDecodeError:
        raise RefusedError(
            f"{shown} ends within a character (rule encoding); export it again."
        ) from None
    except UnicodeError:
        raise RefusedError(
            f"{shown} is not {encoding.name} text (rule encoding); declare another"
            " encoding in the settings."
        ) from None


def _open(
    shown: str,
    first: bytes,
    encoding: Encoding,
    table: TableSettings,
    known: Collection[str],
) -> tuple[Opened, int, int]:
    """What the head says, the byte where rows start, and the line they start on."""
    head = text(first[:HEAD])
    spoken = table.delimiter or dialects.delimiter(head, known)
    mark = "\t" if spoken == "whitespace" else spoken
    cells, end, lines = dialects.header(text(first[:LONGEST]), mark)
    words = f"Read as {encoding.name}, delimiter {SPOKEN.get(spoken, spoken)}."
    notice = Notice("format", shown, words)
    opened = Opened(shown, Layout(mark, len(cells)), tuple(cells), notice)
    if not table.header:
        return replace(opened, headers=()), 0, 1
    if undecodable("".join(cells)):
        raise RefusedError(
            f"{shown}, line {lines}: the header is not {encoding.name} text (rule "
            "encoding); declare the encoding in the settings."
        )
    return opened, size(text(first[:LONGEST])[:end]), lines + 1


def _extracts(opened: Opened, blocks: Iterator[bytes], line: int) -> Iterator[Extract]:
    """Whole records block by block; an open one waits for the next block."""
    rest, last, sent = b"", False, False
    while not last:
        block = next(blocks, None)
        last = block is None
        rest += block or b""
        if not rest:
            continue
        extract, used, lines = _extract(opened, rest, line, final=last)
        rest, line = rest[used:], line + lines
        if extract.rows.height or extract.broken.height:
            sent = True
            yield extract
    if not sent:
        yield _empty(opened)


def _extract(
    opened: Opened, block: bytes, line: int, *, final: bool
) -> tuple[Extract, int, int]:
    whole = wellformed.whole_records(block)
    if whole and len(block) - whole < LONGEST and not (final and whole < len(block)):
        fast = wellformed.read(block[:whole], opened.layout, line)
        if fast:
            return _fast(opened, fast), whole, fast.lines
    return _careful(opened, block, line, final=final)


def _fast(opened: Opened, fast: wellformed.Fast) -> Extract:
    return Extract(
        opened.shown,
        opened.headers,
        fast.rows,
        fast.line,
        fast.line_end,
        fast.broken.frame(),
    )


def _careful(
    opened: Opened, block: bytes, line: int, *, final: bool
) -> tuple[Extract, int, int]:
    letters = text(block)
    found = records.split(letters, opened.layout, line, final=final)
    extract = Extract(
        opened.shown,
        opened.headers,
        text_frame(found.rows, opened.layout.width),
        pl.Series("line", found.line, dtype=pl.Int64),
        pl.Series("line_end", found.line_end, dtype=pl.Int64),
        found.broken.frame(),
    )
    rest = len(letters) - found.used
    return extract, len(block) - size(letters[len(letters) - rest :]), found.lines


def _empty(opened: Opened) -> Extract:
    none = pl.Series("line", [], dtype=pl.Int64)
    frame = text_frame([], opened.layout.width)
    broken = Broken().frame()
    return Extract(opened.shown, opened.headers, frame, none, none, broken)
