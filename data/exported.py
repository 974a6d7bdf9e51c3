"""Rejected rows on their way to a person and back: marked, and safe to open in Excel.

Excel runs a cell that looks like a formula and rounds or shortens long numbers. Such a
cell is written with an apostrophe before it, which is taken off again when a file with
the column `quarantine_id` is read. Other files are read as they are.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from data.sources.dialects import normal
from data.sources.extracts import Extract

ID: Final = "quarantine_id"
BESIDE: Final = "quarantine_"  # what the columns beside the original ones begin with
RUN: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n']")  # the wide ones too
PLAIN: Final = re.compile(r"-?(0|[1-9]\d{0,13})([.,]\d{1,4})?")
SPOILT: Final = re.compile(r"0\d+|\d{15,}")  # a code: it would lose its zeros or end


def guarded(cell: str) -> str:
    """A cell that a spreadsheet shows as it is: nothing runs, no digit is lost."""
    harmless = PLAIN.fullmatch(cell) or not (RUN.match(cell) or SPOILT.fullmatch(cell))
    return cell if harmless else f"'{cell}"


def place(headers: Sequence[str]) -> str | None:
    """The column, by position from 1, that says which rejected row a row corrects."""
    names = [normal(header) for header in headers]
    return str(names.index(ID) + 1) if ID in names else None


def unguarded(extract: Extract) -> Extract:
    """An extract without the apostrophes, if it is an export of rejected rows."""
    if place(extract.headers) is None:
        return extract
    cells = pl.selectors.string().str.strip_prefix("'")
    return replace(extract, rows=extract.rows.with_columns(cells))


def original(extract: Extract) -> Extract:
    """An extract without the columns that an export of rejected rows adds."""
    if place(extract.headers) is None:
        return extract
    kept = [
        number
        for number, header in enumerate(extract.headers, 1)
        if not normal(header).startswith(BESIDE)
    ]
    headers = tuple(extract.headers[number - 1] for number in kept)
    rows = extract.rows.select(map(str, kept))
    return replace(extract, headers=headers, rows=rows)
