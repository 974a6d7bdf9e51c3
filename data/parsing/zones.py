"""What a zone's clocks say, and when they said it.

Where a zone had one offset from UTC over all the stamps of a column, that offset is the
whole answer; else every stamp is looked up.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final

import polars as pl

FIRST, LAST = date(1900, 1, 1), date(2100, 1, 1)  # beyond, every stamp is looked up
MARGIN: Final = 2  # days: more than any offset from UTC, and one look more


def to_utc(local: pl.Series, zone: str) -> pl.Series:
    """The moments at which clocks showed a time; null if never or twice."""
    offset = steady_offset(zone, local)
    if offset is not None:
        return local - offset
    return _moments(local, zone, ambiguous="null")


def from_utc(at: pl.Series, zone: str) -> pl.Series:
    """What the clocks showed at these moments."""
    offset = steady_offset(zone, at)
    if offset is not None:
        return at + offset
    zoned = at.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return zoned.dt.replace_time_zone(None)


def day_start(midnights: pl.Series, zone: str) -> pl.Series:
    """A day's first moment; where midnight was skipped, an hour later."""
    offset = steady_offset(zone, midnights)
    if offset is not None:
        return midnights - offset
    starts = _moments(midnights, zone, ambiguous="earliest")
    if starts.null_count() == midnights.null_count():
        return starts
    later = _moments(midnights + timedelta(hours=1), zone, ambiguous="earliest")
    return starts.zip_with(starts.is_not_null(), later)


def steady_offset(zone: str, stamps: pl.Series) -> timedelta | None:
    """How far the zone's clocks were ahead of UTC, if it was one at all these stamps.

    They may be the zone's own time or UTC.
    """
    ends = stamps.to_frame("at").select(pl.col("at").min(), last=pl.col("at").max())
    first, last = ends.select(_day_number("at"), _day_number("last")).row(0)
    if first is None:
        return timedelta()
    start, end = first - MARGIN, last + MARGIN + 1
    offsets = _offsets(zone)
    if start < 0 or end > len(offsets):
        return None
    found = offsets[start:end].unique()
    return found.item() if len(found) == 1 else None


def _day_number(moment: str) -> pl.Expr:
    return (pl.col(moment).dt.date() - FIRST).dt.total_days()


@cache
def _offsets(zone: str) -> pl.Series:
    """How far the zone's clocks were ahead of UTC, day by day from FIRST to LAST.

    A look a day is enough: no zone ever changed its clocks twice within a week.
    """
    days = pl.date_range(FIRST, LAST, eager=True).cast(pl.Datetime("us"))
    zoned = days.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return zoned.dt.replace_time_zone(None) - days


def _moments(local: pl.Series, zone: str, *, ambiguous: str) -> pl.Series:
    zoned = local.dt.replace_time_zone(
        zone,
        ambiguous=ambiguous,  # type: ignore[arg-type] # a literal, here by name
        non_existent="null",
    )
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
