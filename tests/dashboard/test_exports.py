"""Exports are stamped, complete, and safe to open in a spreadsheet."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import polars as pl

from dashboard.exports import Stamp, as_csv, as_excel, as_workbook

STAMP = Stamp("who", datetime(2026, 11, 1, 8, tzinfo=UTC), "s1", "2026-10-31", "ask")
ROWS = pl.DataFrame(
    {
        "customer_id": ["=1+1", "007", "C1"],
        "first_day": [date(2026, 1, 2), None, date(2025, 3, 4)],
        "revenue": [Decimal("1.2500"), None, Decimal("-3.0000")],
    }
)


def test_csv_keeps_every_row_and_lets_nothing_run() -> None:
    text = as_csv(ROWS, STAMP).decode("utf-8-sig")
    head, *rows = csv.reader(StringIO(text))
    assert head == [*ROWS.columns, "exported_by", "exported_at"]
    assert [row[0] for row in rows] == ["'=1+1", "'007", "C1"]
    assert rows[1][1:3] == ["", ""]
    assert {tuple(row[-2:]) for row in rows} == {("who", "2026-11-01T08:00:00+00:00")}


def test_excel_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    book = openpyxl.load_workbook(BytesIO(as_excel(ROWS, STAMP)))
    rows = list(book["customers"].values)
    assert rows[0] == tuple(ROWS.columns)
    assert [row[0] for row in rows[1:]] == ["=1+1", "007", "C1"]
    kinds = [cell.data_type for cell in book["customers"]["A"][1:]]
    assert kinds == ["s", "s", "s"]
    assert rows[1][1:] == (datetime(2026, 1, 2), 1.25)  # noqa: DTZ001 a day has no zone
    assert rows[2][1:] == (None, None)
    assert dict(book["about"].values)["exported_by"] == "who"


def test_a_report_has_a_sheet_of_each_frame_and_one_of_the_stamp() -> None:
    sheets = {"verdict": ROWS, "nobody": ROWS.clear()}
    book = openpyxl.load_workbook(BytesIO(as_workbook(sheets, STAMP)))
    assert book.sheetnames == ["verdict", "nobody", "about"]
    assert len(list(book["verdict"].values)) == 4
    assert list(book["nobody"].values) == [tuple(ROWS.columns)]
    assert dict(book["about"].values)["exported_by"] == "who"
