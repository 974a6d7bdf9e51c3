"""Numbers as each reader writes them, against what a person would write."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formats

SCALES = {"万": 1e4, "亿": 1e8, "K": 1e3, "M": 1e6, "B": 1e9}


def read(text: str) -> tuple[float, float]:
    """The number that a text says, and half a unit of its last digit."""
    body = text.strip("¥$+±−%")
    scale = SCALES.get(body[-1], 1.0)
    digits = body.rstrip("".join(SCALES)).replace(",", "").replace("¥", "")
    decimals = len(digits.partition(".")[2])
    sign = -1.0 if "−" in text else 1.0
    return sign * float(digits) * scale, 0.5 * scale * 10.0**-decimals


@pytest.mark.parametrize(
    ("lang", "unit", "number", "text"),
    [
        ("zh", "points", 36.24, "36.2"),
        ("zh", "points", -3.04, "−3.0"),
        ("en", "points", -0.01, "0.0"),
        ("zh", "share", 0.3184, "31.8%"),
        ("en", "score", 4.3, "4.30"),
        ("en", "count", 14203, "14,203"),
        ("zh", "count", 123456789, "1.23亿"),
        ("zh", "money", 999.6, "¥1,000"),
        ("zh", "money", 12345, "¥1.23万"),
        ("zh", "money", 12345678.9, "¥1,235万"),
        ("zh", "money", 231_000_000, "¥2.31亿"),
        ("en", "money", 12345678.9, "¥12.35M"),
        ("en", "money", -34567, "−¥34.57K"),
    ],
)
def test_a_value_is_written_as_its_reader_would(lang, unit, number, text) -> None:
    assert formats.value(lang, unit, number) == text


@pytest.mark.parametrize(
    ("lang", "unit", "number", "text"),
    [
        ("zh", "share", -0.021, "−2.1个百分点"),
        ("en", "share", 0.021, "+2.1 pp"),
        ("en", "points", 0.01, "±0.0"),
        ("zh", "money", -1234567, "−¥123.5万"),
    ],
)
def test_a_change_has_a_sign_and_a_share_differs_by_points(
    lang, unit, number, text
) -> None:
    assert formats.change(lang, unit, number) == text


def test_another_currency_has_its_own_sign() -> None:
    assert formats.money("en", 12.4, "USD") == "$12"


@given(
    lang=st.sampled_from(("zh", "en")),
    number=st.floats(-1e12, 1e12, allow_nan=False),
)
def test_written_money_read_back_is_the_money_to_the_digits_shown(
    lang: str, number: float
) -> None:
    said, half = read(formats.money(lang, number))
    assert abs(said - number) <= half * (1 + 1e-9)


def test_dates_follow_the_reader() -> None:
    assert formats.day("zh", date(2026, 11, 20)) == "2026年11月20日"
    assert formats.day("en", date(2026, 11, 20)) == "Nov 20, 2026"


def test_an_instant_is_told_on_the_business_clock() -> None:
    at = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    assert formats.moment("en", at, "Asia/Shanghai") == "Nov 21 01:05"
