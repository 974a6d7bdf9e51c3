"""A workbook's cells mean what they would mean in a CSV file, or break a rule."""

import io
import math
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet

from data.confined import cells
from data.confined.formats import DAY, MOMENT, PLAIN, look
from data.errors import RefusedError
from tests.data.conftest import Admitted, Source, at

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


def kinds(found: Admitted) -> dict[str, int | None]:
    return {notice.kind: notice.count for notice in found.notices}


def test_typed_cells_are_read_by_the_contract(source: Source) -> None:
    book(
        source,
        ("001", 7, DAY_2, 10.5),
        ("Ａ1", "C", datetime(2025, 1, 2, 9, 30), "￥1,200"),  # noqa: DTZ001
        (13800001111, " C ", "2025年1月2日", 29.490000000000002),
        ("4", True, 20250102, 0.1 + 0.2),
    )
    found = source.admit()
    assert found.rules == []
    assert found.column("order_id") == ["001", "Ａ1", "13800001111", "4"]
    assert found.column("customer_id") == ["7", "C", "C", "TRUE"]
    assert found.column("amount") == [
        Decimal("10.5"),
        1200,
        Decimal("29.49"),
        Decimal("0.3"),
    ]
    assert found.column("ordered_at")[1] == at(2025, 1, 2, 1, 30)
    assert found.column("ordered_on") == [DAY_2] * 4
    assert found.column("ordered_hour") == [None, 9, None, None]
    assert found.column("_line") == [2, 3, 4, 5]
    assert found.notices[0].words == "Read as Excel, sheet Sheet."


def test_a_long_identifier_kept_as_a_number_is_not_loaded_rounded(
    source: Source,
) -> None:
    """Reliability 10."""
    book(
        source,
        (110101199003078888, "C", DAY_2, 1),
        ("110101199003078888", "C", DAY_2, 1),
        (999_999_999_999_999, "C", DAY_2, 1),
        (1.10101199003079e17, "C", DAY_2, 1),
    )
    found = source.admit()
    lost = "precision_lost"
    assert found.rules == [(2, "order_id", lost), (5, "order_id", lost)]
    assert found.column("order_id") == ["110101199003078888", "999999999999999"]


def test_errors_and_formulas_without_value_are_rejected_by_their_own_rules(
    source: Source,
) -> None:
    """Reliability 11."""
    book(
        source,
        ("#N/A", "C", DAY_2, 1),
        ("2", "C", DAY_2, "=1+1"),
        ("3", "#REF!", DAY_2, "#DIV/0!"),
        GOOD,
    )
    found = source.admit()
    assert found.rules == [
        (2, "order_id", "error_value"),
        (3, "amount", "formula_uncached"),
        (4, "customer_id", "error_value"),
    ]
    assert '"#REF!"' in found.rejected["row"][2]
    assert found.column("_line") == [5]


def test_an_error_in_a_column_that_nobody_reads_costs_nothing(source: Source) -> None:
    book(source, (*GOOD, "#REF!", "=1+1"), header=(*HEADER, "note", "sum"))
    assert source.admit().accepted.height == 1


def test_a_formula_counts_as_the_value_that_was_saved_with_it(source: Source) -> None:
    row = (
        '<row r="3">'
        '<c r="A3" t="str"><f>"a"</f><v>a</v></c><c r="B3" t="str"><f>""</f><v></v></c>'
        '<c r="C3" t="d"><f>x</f><v>2025-01-02T00:00:00</v></c>'
        '<c r="D3"><f>1+1</f><v>2</v></c></row>'
    )
    found = raw(source, header_xml() + row).admit(allow_anonymous=True)
    assert found.column("order_id") == ["a"]
    assert found.column("customer_id") == [None]
    assert found.column("amount") == [2]
    assert found.column("_line") == [3]


def test_both_date_systems_land_on_the_same_day(source: Source) -> None:
    """Reliability 12."""
    book(source, ("1", "C", DAY_2, 1))
    first = source.admit().column("ordered_on")
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.worksheets[0].append(HEADER)
    workbook.worksheets[0].append(["1", "C", DAY_2, 1])
    workbook.save(source.folder / "orders.xlsx")
    assert source.admit().column("ordered_on") == first == [DAY_2]


def test_the_day_that_never_was_is_rejected(source: Source) -> None:
    """Reliability 12."""

    def as_days(sheet: Worksheet) -> None:
        for row in range(2, 6):
            sheet.cell(row, 2).number_format = "yyyy-mm-dd"

    serials = [("a", 60), ("b", 59), ("c", 61), ("d", -1)]
    book(source, *serials, change=as_days, header=("customer_id", "birth_date"))
    (source.folder / "orders.xlsx").rename(source.folder / "customers.xlsx")
    found = source.admit("customers")
    assert found.rules == [
        (2, "birth_date", "excel_date"),
        (5, "birth_date", "excel_date"),
    ]
    assert found.column("birth_date") == [date(1900, 2, 28), date(1900, 3, 1)]


@given(
    stamp=st.datetimes(
        datetime(1900, 3, 1),  # noqa: DTZ001
        datetime(9999, 12, 30),  # noqa: DTZ001
    ),
    mac=st.booleans(),
)
def test_serials_are_the_moments_that_openpyxl_wrote(
    stamp: datetime, mac: bool
) -> None:
    stamp = stamp.replace(microsecond=stamp.microsecond // 1000 * 1000)
    if mac and stamp.year < 1905:
        stamp = stamp.replace(year=1905)
    epoch = CALENDAR_MAC_1904 if mac else datetime(1899, 12, 30)  # noqa: DTZ001
    text, rule = cells.moment(repr(to_excel(stamp, epoch)), MOMENT, from_1904=mac)
    assert rule is None
    assert datetime.fromisoformat(text) == stamp


@given(number=st.decimals(-(10**9), 10**9, places=4))
def test_numbers_are_read_as_they_are_shown(number: Decimal) -> None:
    text, rule = cells.number(repr(float(number)))
    assert (Decimal(text), rule) == (number, None)
    assert "e" not in text.lower()


@given(text=st.text("0123456789+-.eE_ naif", max_size=12))
def test_what_is_no_number_breaks_the_rule(text: str) -> None:
    read, rule = cells.number(text)
    try:
        value: float | None = float(text) if "_" not in text else None
    except ValueError:
        value = None
    if rule is None:
        assert value is not None
        assert float(read) == pytest.approx(value)
    else:
        finite = value is not None and math.isfinite(value)
        assert rule == "precision_lost" or not finite or text != text.strip()


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("General", PLAIN),
        ("0.00", PLAIN),
        ("00000", 5),
        ("0", PLAIN),
        ('"day "0', PLAIN),
        ("[Red]0.00;[Blue]-0.00", PLAIN),
        ("0.00E+00", PLAIN),
        ("[h]:mm:ss", PLAIN),
        ("yyyy-mm-dd", DAY),
        ('yyyy"年"m"月"d"日"', DAY),
        ("[$-804]yyyy/m/d;@", DAY),
        ("mmm", DAY),
        ("d/m/yy h:mm", MOMENT),
        ("h:mm AM/PM", MOMENT),
        (r"\d\y0", PLAIN),
    ],
)
def test_a_format_says_whether_a_number_is_a_day(pattern: str, shown: int) -> None:
    assert look(164, pattern) == shown


def test_padded_digits_are_kept_as_they_are_shown(source: Source) -> None:
    def padded(sheet: Worksheet) -> None:
        sheet.cell(2, 1).number_format = "00000"

    book(source, (42, "C", DAY_2, 1), change=padded)
    assert source.admit().column("order_id") == ["00042"]


def test_numbers_are_numbers_where_the_decimal_sign_is_a_comma(source: Source) -> None:
    rows = [("1", "C", DAY_2, 1.234), ("2", "C", DAY_2, "1.234,5"), ("3", 4, DAY_2, 7)]
    found = book(source, *rows).admit(tables={"orders": {"decimal": ","}})
    amounts = [Decimal("1.234"), Decimal("1234.5"), Decimal(7)]
    assert found.column("amount") == amounts
    assert found.column("customer_id") == ["C", "C", "4"]


def test_a_time_without_day_is_no_moment(source: Source) -> None:
    book(source, ("1", "C", time(9, 30), 1))
    assert source.admit().rules == [(2, "ordered_at", "date")]


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


def test_runs_are_joined_and_reading_aids_are_not_part_of_them(source: Source) -> None:
    strings = (
        f'<sst xmlns="{NAMESPACE}">'
        "<si><r><t>张</t></r><r><t>三</t></r><rPh><t>Zhang</t></rPh></si>"
        "<si><t>a_x0041_b_x005F_x0042_</t></si></sst>"
    )
    row = (
        f'<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c>{inline("2025-01-02")}'
        f"{inline('1')}</row>"
    )
    with_strings(source, strings, header_xml() + row)
    found = source.admit()
    assert found.column("customer_id") == ["张三"]
    assert found.column("order_id") == ["aAb_x0042_"]


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


# What is refused


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
