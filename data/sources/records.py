"""Splitting delimited text into records with care, where speed must not decide.

A quote opens a field only at its start. A record that no quote closes, or that has the
wrong number of fields because a quote swallowed the rows below, is given up alone: the
first line below it that is a whole record by itself goes on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from data.sources.encodings import undecodable
from data.sources.extracts import Broken

LONGEST: Final = 1_000_000  # characters of one record; beyond, its quote is stray
LINE_END: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Record:
    """A record's cells and where it ends."""

    cells: list[str]
    end: int


@dataclass(frozen=True)
class Layout:
    """What a file's records look like."""

    delimiter: str
    width: int


@dataclass
class Careful:
    """Records of a text: whole ones with their lines, and broken ones."""

    rows: list[list[str]]
    line: list[int]
    line_end: list[int]
    broken: Broken
    used: int = 0
    lines: int = 0


def split(text: str, layout: Layout, first_line: int, *, final: bool) -> Careful:
    """Split a text into records; unless it is final, an open one is left for later."""
    found = Careful([], [], [], Broken())
    at, line, quotes = 0, first_line, text.count('"')
    while at < len(text):
        record = scan(text, at, layout.delimiter)
        if not (record or final) and _may_continue(len(text) - at, quotes):
            break
        start = at
        at, line = _keep(found, text, (at, line), record, layout)
        quotes -= text.count('"', start, at)
    found.used, found.lines = at, line - first_line
    return found


def scan(text: str, at: int, delimiter: str) -> Record | None:
    """The record that starts at a place; None when a quote is not closed well."""
    end = text.find("\n", at) + 1 or len(text)
    line = text[at:end].removesuffix("\n").removesuffix("\r")
    if '"' not in line and "\r" not in line:
        return Record(line.split(delimiter), end)
    field = _field(delimiter)
    cells = []
    while match := field.match(text, at):
        cells.append(_cell(match))
        at = match.end()
        if text[at : at + 1] != delimiter:
            return Record(cells, _past_line_end(text, at))
        at += 1
    return None


def line_ends(text: str) -> int:
    """How many lines a text ends; a last line without its end counts as one."""
    if "\r" not in text:
        return text.count("\n") + (not text.endswith("\n"))
    count = sum(1 for _ in LINE_END.finditer(text))
    return count + (not text.endswith(("\n", "\r")))


def _keep(
    found: Careful,
    text: str,
    place: tuple[int, int],
    record: Record | None,
    layout: Layout,
) -> tuple[int, int]:
    """File a record under what it is; returns where and on which line the next is."""
    at, line = place
    end = record.end if record else _recover(text, at, layout)
    if record and _swallowed(text, at, record, layout):
        record, end = None, _recover(text, at, layout)
    raw = text[at:end].rstrip("\r\n")
    below = line + line_ends(text[at:end])
    if not raw:
        return end, below
    rule = _rule(record, raw, layout)
    if record and not rule:
        found.rows.append(record.cells)
        found.line.append(line)
        found.line_end.append(below - 1)
    else:
        found.broken.add(line, below - 1, rule, raw)
    return end, below


def _rule(record: Record | None, raw: str, layout: Layout) -> str:
    if record is None:
        return "quote"
    if len(record.cells) != layout.width:
        return "field_count"
    return "encoding" if undecodable(raw) else ""


def _swallowed(text: str, at: int, record: Record, layout: Layout) -> bool:
    """Whether a record of the wrong width runs over lines that are records."""
    if len(record.cells) == layout.width:
        return False
    starts = (match.end() for match in LINE_END.finditer(text, at, record.end))
    return any(
        start < record.end and _stands_alone(text, start, layout) for start in starts
    )


def _stands_alone(text: str, at: int, layout: Layout) -> bool:
    """Whether a line is a record; the end of a quoted cell is not its beginning."""
    record = scan(text, at, layout.delimiter)
    if record is None or len(record.cells) != layout.width:
        return False
    return text.count('"', at, record.end) % 2 == 0


def _recover(text: str, at: int, layout: Layout) -> int:
    """Where the next whole record starts after a stray quote."""
    for start in _line_starts(text, at):
        if start >= len(text) or _stands_alone(text, start, layout):
            return start
    return len(text)


def _line_starts(text: str, at: int) -> Iterator[int]:
    return (match.end() for match in LINE_END.finditer(text, at))


def _may_continue(left: int, quotes: int) -> bool:
    """Whether an open record may be closed by text that is not here yet.

    `left` characters with `quotes` follow from its start.
    """
    return left <= LONGEST and quotes % 2 == 1


def _past_line_end(text: str, at: int) -> int:
    match = LINE_END.match(text, at)
    return match.end() if match else at


def _cell(match: re.Match[str]) -> str:
    quoted, plain = match.groups()
    return plain if quoted is None else quoted.replace('""', '"')


@cache
def _field(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'"((?:[^"]++|"")*+)"(?=[{mark}\r\n]|\Z)|((?!")[^{mark}\r\n]*+)')
