"""Rejected rows on their way to a person and back: marked, and safe to open in Excel.

Excel runs a cell that looks like a formula and rounds or shortens long numbers. Such a
cell is written with an apostrophe before it, which is taken off again when a file whose
first column is `quarantine_id` is read. Other files are read as they are.
"""

import re
from dataclasses import replace
from typing import Final

import polars as pl

from data.mapping import TableSettings
from data.sources.compressed import Openable
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


def dialect(path: Openable, table: TableSettings) -> TableSettings:
    """How a text file is written: an export has a header, whatever else is declared."""
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b'"')
    if not head.startswith(ID.encode()):
        return table
    return table.model_copy(update={"header": True, "delimiter": None})


def taken(extract: Extract) -> tuple[Extract, pl.Series | None]:
    """The original columns of an export, and which rejected row each row corrects.

    A file that is none stays as it is.
    """
    names = [normal(header) for header in extract.headers]
    if ID not in names:
        return extract, None
    places = [n for n, name in enumerate(names) if not name.startswith(BESIDE)]
    cells = pl.selectors.string().str.strip_prefix("'")
    rows = extract.rows.select(
        pl.nth(place).alias(str(number)) for number, place in enumerate(places, 1)
    ).with_columns(cells)
    headers = tuple(extract.headers[place] for place in places)
    marks = extract.rows.to_series(names.index(ID)).cast(pl.String).alias(ID)
    return replace(extract, headers=headers, rows=rows), marks
