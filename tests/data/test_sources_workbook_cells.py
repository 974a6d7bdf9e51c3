"""A workbook's cells mean what they would mean in a CSV file, or break a rule."""

import math
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet

from data.confined import cells
from data.confined.formats import DAY, MOMENT, PLAIN, look
from tests.data.conftest import Source, at
from tests.data.workbooks import (
    DAY_2,
    GOOD,
    HEADER,
    NAMESPACE,
    book,
    header_xml,
    inline,
    raw,
    with_strings,
)


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
