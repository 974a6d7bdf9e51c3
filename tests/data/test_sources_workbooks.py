"""Which sheets and rows of a workbook are read, and which workbooks are refused."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from data.errors import RefusedError
from tests.data.conftest import Admitted, Source
from tests.data.workbooks import (
    GOOD,
    HEADER,
    NAMESPACE,
    book,
    header_xml,
    inline,
    raw,
)


def kinds(found: Admitted) -> dict[str, int | None]:
    return {notice.kind: notice.count for notice in found.notices}


def test_hidden_rows_are_read_and_hidden_sheets_are_not(source: Source) -> None:
    """Reliability 11."""

    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        workbook = sheet.parent
        assert isinstance(workbook, openpyxl.Workbook)
        other = workbook.create_sheet("old")
        other.append(["secret"])
        other.sheet_state = "veryHidden"

    found = book(source, GOOD, ("2", *GOOD[1:]), change=hide).admit()
    assert found.column("order_id") == ["1", "2"]
    assert kinds(found) == {"format": None, "hidden_sheets": 1, "hidden_rows": 1}


def test_which_sheet_of_several_is_a_setting(source: Source) -> None:
    """Reliability 11."""

    def add(sheet: Worksheet) -> None:
        workbook = sheet.parent
        assert isinstance(workbook, openpyxl.Workbook)
        other = workbook.create_sheet("订单")
        for row in (HEADER, ("9", *GOOD[1:])):
            other.append(list(row))

    book(source, GOOD, change=add)
    with pytest.raises(
        RefusedError, match=r"2 visible sheets; name the one .* `sheet`"
    ):
        source.admit()
    found = source.admit(tables={"orders": {"sheet": "订单"}})
    assert found.column("order_id") == ["9"]
    with pytest.raises(RefusedError, match="no sheet of the name"):
        source.admit(tables={"orders": {"sheet": "none"}})


def test_titles_above_the_header_are_passed_over(source: Source) -> None:
    book(source, (), HEADER, GOOD, header=("Orders of January",))
    with pytest.raises(RefusedError, match="lacks the required columns"):
        source.admit()
    found = source.admit(tables={"orders": {"header_row": 3}})
    assert found.column("_line") == [4]
    with pytest.raises(RefusedError, match="no header in row 2"):
        source.admit(tables={"orders": {"header_row": 2}})


def test_a_sheet_without_header_is_read_by_position(source: Source) -> None:
    book(source, GOOD, header=("0", *GOOD[1:]))
    columns = {name: {"position": at} for at, name in enumerate(HEADER, 1)}
    found = source.admit(tables={"orders": {"header": False, "columns": columns}})
    assert found.column("order_id") == ["0", "1"]
    assert found.column("_line") == [1, 2]


def test_merged_cells_hold_their_value_once(source: Source) -> None:
    """Reliability 11."""
    rows = (GOOD, ("2", *GOOD[1:]))
    found = book(source, *rows, change=lambda s: s.merge_cells("B2:B3")).admit()
    assert found.rules == [(3, "customer_id", "missing")]
    assert kinds(found)["merged_cells"] == 1
    above = book(source, *rows, change=lambda s: s.merge_cells("E1:F1")).admit()
    assert "merged_cells" not in kinds(above)


def test_blank_rows_and_cells_beyond_the_header_are_left_out(source: Source) -> None:
    found = book(source, (None, " "), (*GOOD, None, "a remark"), ()).admit()
    assert found.column("_line") == [3]
    assert kinds(found)["beyond_header"] == 1


def test_prefixed_xml_of_other_writers_is_read(source: Source) -> None:
    row = "<row>" + "".join(map(inline, GOOD)) + "</row>"
    sheet = f"<worksheet><sheetData>{header_xml()}{row}</sheetData></worksheet>"
    prefixed = sheet.replace("</", "</ x:").replace("</ ", "</")
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t"):
        prefixed = prefixed.replace(f"<{tag}>", f"<x:{tag}>")
        prefixed = prefixed.replace(f"<{tag} ", f"<x:{tag} ")
    prefixed = prefixed.replace("<x:worksheet>", f'<x:worksheet xmlns:x="{NAMESPACE}">')
    raw(source, "", **{"xl/worksheets/sheet1.xml": prefixed})
    assert source.admit().column("order_id") == ["1"]


CELL = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=5).filter(
        lambda text: not text.startswith("=")
    ),
    st.booleans(),
)


@settings(deadline=None, max_examples=15)
@given(rows=st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=6))
def test_every_row_that_is_not_blank_is_accepted_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    source = Source(tmp_path_factory.mktemp("mess"))
    found = book(source, *rows).admit()
    path = source.folder / "orders.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets[0]
    told = [
        row[0].row
        for row in sheet.iter_rows(min_row=2)
        if any(str(cell.value).strip() for cell in row if cell.value is not None)
    ]
    lines = [*found.column("_line"), *found.rejected["line"]]
    assert sorted(lines) == told


@pytest.mark.parametrize("name", ["orders.xlsm", "orders.xls", "orders.ods"])
def test_other_workbooks_are_refused_by_name(source: Source, name: str) -> None:
    """Reliability 11."""
    source.write(name, b"PK\x03\x04")
    with pytest.raises(RefusedError, match=r"save it as \.xlsx"):
        source.admit()


def test_a_macro_in_a_renamed_workbook_is_refused(source: Source) -> None:
    """Reliability 11."""
    raw(source, header_xml(), **{"xl/vbaProject.bin": "x"})
    with pytest.raises(RefusedError, match="holds macros"):
        source.admit()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0 Workbook", "old Excel workbook under a new name"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (b"order_id,amount\n", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
        (b"PK\x03\x04 and nothing else", "damaged"),
    ],
)
def test_what_is_no_plain_workbook_is_refused_with_its_reason(
    source: Source, content: bytes, words: str
) -> None:
    """Reliability 11."""
    with pytest.raises(RefusedError, match=rf"orders\.xlsx is .*{words}"):
        source.write("orders.xlsx", content).admit()


def test_a_workbook_that_is_cut_short_is_refused(source: Source) -> None:
    book(source, *[GOOD] * 500)
    path = source.folder / "orders.xlsx"
    whole = path.read_bytes()
    for end in (len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:end])
        with pytest.raises(RefusedError, match="damaged"):
            source.admit()


def test_a_damaged_part_is_refused_and_shows_no_cell(source: Source) -> None:
    raw(source, header_xml() + "<row><c><v>13800001111</v></row>")
    with pytest.raises(RefusedError, match="damaged") as caught:
        source.admit()
    assert "13800001111" not in str(caught.value)


def test_an_empty_sheet_is_refused_and_a_header_alone_has_no_rows(
    source: Source,
) -> None:
    with pytest.raises(RefusedError, match="has no rows in its sheet"):
        raw(source, "").admit()
    assert book(source).admit().rows_in == 0
