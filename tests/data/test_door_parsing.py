"""Numbers and moments agree with Python's own arithmetic and time zones."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.parsing import moments, numbers
from data.parsing.cells import Conventions

NOW = datetime(2026, 11, 27, tzinfo=UTC).replace(tzinfo=None)
AMOUNTS = st.decimals(-(10**13), 10**13, places=4)
ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "UTC",
]
STAMPS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(  # noqa: DTZ001
    lambda stamp: stamp.replace(microsecond=0)
)


@given(amounts=st.lists(AMOUNTS, min_size=1), grouped=st.booleans())
def test_amounts_are_exact_in_either_notation(
    amounts: list[Decimal], grouped: bool
) -> None:
    written = [f"{amount:,f}" if grouped else f"{amount:f}" for amount in amounts]
    parsed = numbers.decimals(pl.Series(written), ".")
    assert parsed.values.to_list() == amounts
    assert parsed.rule.null_count() == len(amounts)
    swap = str.maketrans(",.", ".,")
    european = pl.Series([text.translate(swap) for text in written])
    assert numbers.decimals(european, ",").values.to_list() == amounts


@given(text=st.text("0123456789.,-+eE ￥NaInf万()", max_size=12))
@example(text="1,234")
@example(text="0.00005")
def test_what_is_read_as_an_amount_is_what_python_reads_without_commas(
    text: str,
) -> None:
    parsed = numbers.decimals(pl.Series([text]), ".")
    value = parsed.values[0]
    assert (value is None) == (parsed.rule[0] is not None)
    if value is not None:
        bare = text.replace(",", "").replace("￥", "").replace(" ", "")
        assert value == Decimal(bare)


@given(cents=st.lists(st.integers(-(10**11), 10**11), min_size=1))
def test_floats_of_whole_cents_are_exact(cents: list[int]) -> None:
    floats = pl.Series([cent / 100 for cent in cents])
    expected = [Decimal(cent) / 100 for cent in cents]
    assert numbers.native_decimals(floats).values.to_list() == expected


@given(prices=st.lists(st.integers(1, 100_000), min_size=1, max_size=50))
def test_sums_of_float_prices_are_read_as_the_sums_of_the_prices(
    prices: list[int],
) -> None:
    total = 0.0
    for price in prices:
        total += price / 100
    parsed = numbers.native_decimals(pl.Series([total]))
    assert parsed.values.to_list() == [Decimal(sum(prices)) / 100]


def meanings(stamp: datetime, zone: str) -> set[datetime]:
    """The moments at which a zone's clocks showed a time: none, one or two."""
    found = set()
    for fold in (0, 1):
        moment = stamp.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
        if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == stamp:
            found.add(moment.replace(tzinfo=None))
    return found


@settings(deadline=None)
@given(stamps=st.lists(STAMPS, min_size=1), zone=st.sampled_from(ZONES))
@example(stamps=[datetime(2025, 3, 9, 2, 30)], zone="America/New_York")  # noqa: DTZ001
@example(stamps=[datetime(2025, 11, 2, 1, 30)], zone="America/New_York")  # noqa: DTZ001
def test_naive_stamps_mean_what_the_zones_clocks_showed(
    stamps: list[datetime], zone: str
) -> None:
    how = Conventions(NOW, business_zone="Asia/Tokyo", naive_zone=zone)
    parsed = moments.instants(pl.Series([str(stamp) for stamp in stamps]), how)
    for stamp, at, rule, on in zip(
        stamps, parsed.values, parsed.rule, parsed.derived["on"], strict=True
    ):
        known = meanings(stamp, zone)
        assert (at is None) == (len(known) != 1) == (rule == "dst")
        if at is not None:
            assert {at} == known
            assert on == (at + timedelta(hours=9)).date()  # Tokyo never changes clocks


@settings(deadline=None)
@given(stamp=STAMPS, minutes=st.integers(-14 * 60, 14 * 60), padded=st.booleans())
def test_stamps_with_an_offset_are_moments(
    stamp: datetime, minutes: int, padded: bool
) -> None:
    zoned = stamp.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    bare = f"{stamp.year}/{stamp.month}/{stamp.day} {zoned:%H:%M:%S%z}"
    text = zoned.isoformat() if padded else bare
    how = Conventions(NOW, business_zone="Asia/Tokyo", naive_zone="UTC")
    at = moments.instants(pl.Series([text]), how).values[0]
    assert at == zoned.astimezone(UTC).replace(tzinfo=None)


@settings(deadline=None)
@given(day=st.dates(date(1990, 1, 1), date(2037, 12, 31)), zone=st.sampled_from(ZONES))
@example(day=date(2017, 10, 15), zone="America/Sao_Paulo")  # midnight was skipped
def test_a_day_is_itself_in_every_zone_and_spelling(day: date, zone: str) -> None:
    how = Conventions(NOW, business_zone=zone, naive_zone="UTC")
    spellings = [
        f"{day}",
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ]
    parsed = moments.instants(pl.Series(spellings), how)
    assert parsed.derived["on"].to_list() == [day] * len(spellings)
    assert parsed.rule.null_count() == len(spellings)
    local = parsed.values.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    assert local.dt.date().to_list() == [day] * len(spellings)


@pytest.mark.parametrize("text", ["2025-01/02", "2025-1-2-3", "202501", "20250102x"])
def test_a_spelling_that_nobody_uses_is_no_day(text: str) -> None:
    how = Conventions(NOW, business_zone="UTC", naive_zone="UTC")
    parsed = moments.instants(pl.Series([text]), how)
    assert parsed.rule.to_list() == ["date"]
