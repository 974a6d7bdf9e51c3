"""A cell has exactly one meaning, or breaks a rule that is named."""

from datetime import date
from decimal import Decimal

import pytest

from tests.data.conftest import Source

HEADER = "order_id,customer_id,ordered_at,amount"


def test_identifiers_are_kept_character_for_character(source: Source) -> None:
    """Reliability 9: leading zeros, 18 digits, a sign and blanks."""
    ids = ["001", "0010", "110101199003078888", "+86 138", "1E5", "c001", "Ｃ００１"]
    found = source.orders(*(f" {each} ,C,2025-01-02,1" for each in ids)).admit()
    assert found.column("order_id") == ids


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234.56", "1234.56"),
        ('"1,234.56"', "1234.56"),
        ('"￥1,200"', "1200"),
        ("１２３", "123"),
        ("¥ 5.10", "5.1"),
        ("12元", "12"),
        ("+7", "7"),
        (".5", "0.5"),
        ("1.50000", "1.5"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_an_amount_with_one_meaning_is_exact(
    source: Source, cell: str, amount: str
) -> None:
    """Reliability 16: what one could mean only one way."""
    found = source.orders(f"1,C,2025-01-02,{cell}").admit()
    assert found.column("amount") == [Decimal(amount)]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("NaN", "number"),
        ("Inf", "number"),
        ("-Inf", "number"),
        ("1e308", "number"),
        ("1e-320", "number"),
        ('"1.234,56"', "number"),
        ('"1,23"', "number"),
        ("1.2万", "number"),
        ("(50)", "number"),
        ("-", "number"),
        ("1.00001", "decimals"),
        ("123456789012345", "number_range"),
        ("", "missing"),
        ("NULL", "missing"),
        ("N/A", "missing"),
        ("#N/A", "missing"),
        ("-1", "negative_amount"),
    ],
)
def test_an_amount_without_one_meaning_is_rejected_by_its_own_rule(
    source: Source, cell: str, rule: str
) -> None:
    """Reliability 16: NaN, Inf, exponents, words."""
    found = source.orders("0,C,2025-01-02,1", f"1,C,2025-01-02,{cell}").admit()
    assert found.rules == [(3, "amount", rule)]


@pytest.mark.parametrize(
    ("cell", "day", "hour"),
    [
        ("2025-01-02", date(2025, 1, 2), None),
        ("20250102", date(2025, 1, 2), None),
        ("2025/1/2", date(2025, 1, 2), None),
        ("2025年1月2日", date(2025, 1, 2), None),
        ("2025-01-02 23:30", date(2025, 1, 2), 23),
        ("2025-12-31T16:30Z", date(2026, 1, 1), 0),
        ("2025-12-31T16:30:00+08:00", date(2025, 12, 31), 16),
        ("2025-12-31 23:30:00-05:00", date(2026, 1, 1), 12),
        ("20250102093000", date(2025, 1, 2), 9),
        ("2026-11-28 07:00:00", date(2026, 11, 28), 7),
    ],
)
def test_a_moment_lands_on_its_business_day(
    source: Source, cell: str, day: date, hour: int | None
) -> None:
    """Reliability 14: naive, with Z, with an offset, over midnight and new year."""
    found = source.orders(f"1,C,{cell},1").admit()
    assert found.column("ordered_on") == [day]
    assert found.column("ordered_hour") == [hour]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("03/04/2025", "ambiguous_date"),
        ("13/04/2025", "ambiguous_date"),
        ("03-04-25", "ambiguous_date"),
        ("2023-02-29", "date"),
        ("2025-13-01", "date"),
        ("2025-01-02 25:00", "date"),
        ("yesterday", "date"),
        ("0001-01-01", "date_range"),
        ("1900-01-01", "date_range"),
        ("9999-12-31", "date_range"),
        ("2026-11-29", "date_range"),
        ("", "missing"),
    ],
)
def test_a_moment_without_one_meaning_is_rejected_by_its_own_rule(
    source: Source, cell: str, rule: str
) -> None:
    """Reliability 13 and 15: beside 13 April too; 1900, 9999, a future day."""
    found = source.orders("0,C,2025-04-13,1", f"1,C,{cell},1").admit()
    assert found.rules == [(3, "ordered_at", rule)]


def test_a_declared_date_format_says_which_comes_first(source: Source) -> None:
    source.orders("1,C,03/04/2025,1", "2,C,13/04/2025 10:00,1", "3,C,2025-05-06,1")
    found = source.admit(tables={"orders": {"date_format": "%d/%m/%Y"}})
    days = [date(2025, 4, 3), date(2025, 4, 13), date(2025, 5, 6)]
    assert found.column("ordered_on") == days


def test_a_time_that_the_clocks_skipped_or_repeated_is_rejected(source: Source) -> None:
    """Reliability 14: the hours when clocks change."""
    source.orders(
        "1,C,2025-03-09 02:30:00,1",
        "2,C,2025-11-02 01:30:00,1",
        "3,C,2025-11-02T01:30:00-04:00,1",
        "4,C,2025-03-09,1",
    )
    found = source.admit(timezone="America/New_York")
    assert found.rules == [(2, "ordered_at", "dst"), (3, "ordered_at", "dst")]
    assert found.column("ordered_on") == [date(2025, 11, 2), date(2025, 3, 9)]


def test_naive_stamps_are_in_the_declared_zone_and_dates_are_never_shifted(
    source: Source,
) -> None:
    source.orders("1,C,2025-01-01 03:00:00,1", "2,C,2025-01-01,1")
    zones = {"timezone": "America/New_York", "naive_timezone": "UTC"}
    days = [date(2024, 12, 31), date(2025, 1, 1)]
    assert source.admit(**zones).column("ordered_on") == days
    own = source.admit(
        timezone="America/New_York", tables={"orders": {"timezone": "UTC"}}
    )
    assert own.column("ordered_on") == days


def test_control_characters_are_rejected_and_odd_letters_kept(source: Source) -> None:
    """Reliability 26: NUL, zero width, right to left."""
    source.orders("1\x00,C,2025-01-02,1", "2,C\u200b\u202e,2025-01-02,1")
    found = source.admit()
    assert found.rules == [(2, "order_id", "control_char")]
    assert found.column("customer_id") == ["C\u200b\u202e"]


def test_a_comment_may_run_over_lines(source: Source) -> None:
    text = 'response_id,customer_id,comment\n1,C,"good\nvery good"\n'
    found = source.write("surveys.csv", text).admit("surveys")
    assert found.column("comment") == ["good\nvery good"]
