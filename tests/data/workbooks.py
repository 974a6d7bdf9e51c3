"""Workbooks of orders, as openpyxl or somebody's own XML writes them."""

import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.data.conftest import Source

HEADER = ("order_id", "customer_id", "ordered_at", "amount")
DAY_2 = date(2025, 1, 2)
GOOD = ("1", "C", "2025-01-02", "10")
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(
    source: Source,
    *rows: Sequence[Any],
    change: Callable[[Worksheet], object] = lambda sheet: None,
    header: Sequence[str] = HEADER,
) -> Source:
    """A source whose orders are the only sheet of a workbook that openpyxl wrote."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in (header, *rows):
        sheet.append(list(row))
    change(sheet)
    workbook.save(source.folder / "orders.xlsx")
    return source


def raw(source: Source, sheet: str, **parts: str) -> Source:
    """A source whose orders are rows of XML in an otherwise plain workbook."""
    book(source, GOOD)
    path = source.folder / "orders.xlsx"
    body = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{sheet}</sheetData></worksheet>'
    change = {"xl/worksheets/sheet1.xml": body, **parts}
    return rewritten(source, path, change)


def with_strings(source: Source, strings: str, sheet: str) -> Source:
    """The same with texts that its cells share, as Excel writes them."""
    kinds_of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    links = (
        f'<Relationships><Relationship Id="rId1" Type="{kinds_of}worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{kinds_of}sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    parts = {"xl/_rels/workbook.xml.rels": links, "xl/sharedStrings.xml": strings}
    return raw(source, sheet, **parts)


def rewritten(source: Source, path: Path, change: dict[str, str]) -> Source:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name: text.encode() for name, text in change.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return source


def header_xml() -> str:
    return "<row>" + "".join(map(inline, HEADER)) + "</row>"


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
