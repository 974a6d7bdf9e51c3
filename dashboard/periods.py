"""Which dates and windows there are, and the small tables that carry them into SQL."""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

import polars as pl

from data.errors import UsageError
from data.settings import Settings
from data.tiers import TierRule

STANDARD = ("30", "90", "180", "365", "all", "month")
HORIZONS = (30, 60, 90, 180, 365)
YEAR = 365
DAWN, FOREVER = date(1, 1, 1), date(9999, 12, 31)
LEAST, MOST = Decimal(-(10**33)), Decimal(10**33)


@dataclass(frozen=True, order=True)
class Span:
    """A half-open window (starts_after, as_of], and where the one before it starts."""

    as_of: date
    period: str
    starts_after: date
    previous_after: date


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """The month ends within the data, and its last day."""
    ends: list[date] = []
    day = month_end(first)
    while day < last:
        ends.append(day)
        day = month_end(day + timedelta(days=1))
    return (*ends, last)


def year_before(day: date) -> date:
    """The same day a year earlier; of a month end, that month's end."""
    if day == month_end(day):
        return month_end(date(day.year - 1, day.month, 1))
    return day.replace(year=day.year - 1)


def length(period: str, as_of: date) -> int | None:
    """Days in a window; None is all history. A month is the calendar month so far."""
    if period == "all":
        return None
    if period == "month":
        return as_of.day
    if not period.isascii() or not period.isdigit() or not 0 < int(period) <= 36500:
        raise UsageError(
            f"window {period!r} is not a number of days, `all` or `month`; try 365"
        )
    return int(period)


def span(as_of: date, period: str) -> Span:
    """One window; before `all` there is nothing, so it has no previous one."""
    days = length(period, as_of)
    if days is None:
        return Span(as_of, period, DAWN, DAWN)
    start = _before(as_of, days)
    before = start.day if period == "month" else days
    return Span(as_of, period, start, _before(start, before))


def _before(day: date, days: int) -> date:
    return DAWN if days >= day.toordinal() - 1 else day - timedelta(days=days)


def previous(as_of: date, period: str) -> date | None:
    """The last day of the window before this one."""
    start = span(as_of, period).starts_after
    return None if start == DAWN else start


def kept(first: date, last: date) -> tuple[date, ...]:
    """The dates that a snapshot keeps cells for: those a page asks for or compares."""
    starts = (previous(last, period) for period in STANDARD)
    compared = {day for day in (*starts, year_before(last)) if day and day >= first}
    return tuple(sorted({*month_ends(first, last), *compared}))


def dates_frame(days: Iterable[date]) -> pl.DataFrame:
    """As-of dates in order, each with the day after which its trailing year starts."""
    rows = [(at, day, _before(day, YEAR)) for at, day in enumerate(sorted(days))]
    schema = {"place": pl.Int32, "as_of": pl.Date, "annual_after": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def periods_frame(spans: Iterable[Span]) -> pl.DataFrame:
    """Windows, one row each: the place of the date, the number within the period."""
    rows = [(s.as_of, s.period, s.starts_after, s.previous_after) for s in spans]
    names = ("as_of", "period", "starts_after", "previous_after")
    schema = {name: pl.String if name == "period" else pl.Date for name in names}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    order = pl.col("as_of").rank("dense").cast(pl.Int32) - 1
    return frame.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("span_id"),
        order.alias("place"),
        order.rank("ordinal").over("period").cast(pl.Int32).alias("number") - 1,
    )


def tier_frame(days: Iterable[date], settings: Settings, scheme: str) -> pl.DataFrame:
    """A tier scheme as areas of last purchase day and annual spend that do not overlap.

    The first rule of the scheme that holds in an area names its tier.
    """
    rows = [
        (day, *area) for day in days for area in _areas(day, settings.tiers[scheme])
    ]
    schema = pl.Schema(
        {
            "as_of": pl.Date(),
            "tier": pl.String(),
            "last_day_after": pl.Date(),
            "last_day_max": pl.Date(),
            "annual_spend_min": pl.Decimal(38, 4),
            "annual_spend_below": pl.Decimal(38, 4),
        }
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


def _areas(
    day: date, rules: Sequence[TierRule]
) -> Iterator[tuple[str, date, date, Decimal, Decimal]]:
    limits = [_limits(day, rule) for rule in rules]
    days = sorted({DAWN, *(last for last, _ in limits)})
    spends = sorted({*(spend for _, spend in limits), MOST})
    for (after, last), (least, below) in product(pairwise(days), pairwise(spends)):
        for rule, (last_max, spend_min) in zip(rules, limits, strict=True):
            if last <= last_max and least >= spend_min:
                yield rule.name, after, last, least, below
                break


def _limits(day: date, rule: TierRule) -> tuple[date, Decimal]:
    """The last day of purchase and the least annual spend with which a rule holds."""
    silent, spend = rule.days_since_last_min, rule.annual_spend_min
    last = _before(day, silent) if silent else FOREVER
    return last, LEAST if spend is None else spend


def horizons_frame(days: Iterable[date]) -> pl.DataFrame:
    """Per date and horizon: the first purchases that have passed it and no longer one.

    A horizon is the days within which a second purchase may follow the first.
    """
    rows = [
        (place, each, _before(day, more) if more else DAWN, _before(day, each))
        for place, day in enumerate(sorted(days))
        for each, more in zip(HORIZONS, (*HORIZONS[1:], None), strict=True)
    ]
    schema = {
        "place": pl.Int32,
        "horizon_days": pl.Int32,
        "first_day_after": pl.Date,
        "first_day_max": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
