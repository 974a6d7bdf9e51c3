"""A list as a file: CSV and Excel, stamped with who asked, when, and for what."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import xlsxwriter

from dashboard.viewer import Viewer
from data.sources.exported import guarded
from data.warehouse.manifest import Manifest

MOST_EXCEL = 100_000
"""Rows up to which an Excel file is offered: beyond, writing one takes long."""


@dataclass(frozen=True)
class Stamp:
    """Who exported what, and when; `question` is the command that prints it again."""

    viewer: str
    at: datetime
    snapshot: str
    as_of: str
    question: str

    def lines(self) -> tuple[tuple[str, str], ...]:
        """The stamp as names and texts."""
        return (
            ("exported_by", self.viewer),
            ("exported_at", self.at.isoformat(timespec="seconds")),
            ("snapshot", self.snapshot),
            ("as_of", self.as_of),
            ("command", self.question),
        )


def stamped(
    manifest: Manifest, viewer: Viewer, as_of: date | None, question: str
) -> Stamp:
    """The stamp of a list that is asked for now, in the company's own time."""
    return Stamp(
        viewer=viewer.name,
        at=datetime.now(ZoneInfo(manifest.timezone)),
        snapshot=manifest.id,
        as_of=as_of.isoformat() if as_of else manifest.as_of,
        question=question,
    )


def as_csv(rows: pl.DataFrame, stamp: Stamp) -> bytes:
    """The rows for any program; two columns on every row say who and when.

    Ids that a spreadsheet would change or run have an apostrophe before.
    """
    file = StringIO(newline="")
    writer = csv.writer(file)
    marks = dict(stamp.lines())
    last = ("exported_by", "exported_at")
    writer.writerow((*rows.columns, *last))
    end = tuple(guarded(marks[name]) for name in last)
    for row in rows.iter_rows():
        writer.writerow((*map(_text, row), *end))
    return file.getvalue().encode("utf-8-sig")


def as_excel(rows: pl.DataFrame, stamp: Stamp) -> bytes:
    """The rows as a workbook: a sheet of them, a sheet of the stamp."""
    return as_workbook({"customers": rows}, stamp)


def as_workbook(sheets: Mapping[str, pl.DataFrame], stamp: Stamp) -> bytes:
    """Frames as a workbook: a sheet of each, and one of the stamp.

    Texts are written as texts, so that nothing in them runs and no digit is lost.
    """
    file = BytesIO()
    settings = {"constant_memory": True, "in_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(file, settings) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, row in enumerate(_with_header(rows)):
                for column, value in enumerate(row):
                    _write(sheet, (place, column), value, day)
        about = book.add_worksheet("about")
        for place, pair in enumerate(stamp.lines()):
            for column, text in enumerate(pair):
                about.write_string(place, column, text)
    return file.getvalue()


def _with_header(rows: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    yield tuple(rows.columns)
    yield from rows.iter_rows()


def _write(sheet: Any, at: tuple[int, int], value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, Decimal | int | float):
        sheet.write_number(*at, float(value))
    elif isinstance(value, str):
        sheet.write_string(*at, value)
    else:
        sheet.write_datetime(*at, value, day)


def _text(value: Any) -> Any:
    """A cell: texts made harmless, numbers and dates as they are written."""
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else value
