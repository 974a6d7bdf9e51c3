"""Dates and moments: year first, or as declared; never by the look of other rows.

A day without time is a business day and is never shifted. A stamp without zone is in
the declared zone; where the clocks went forward or back over it, it has no meaning.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from data.parsing import zones
from data.parsing.cells import (
    Conventions,
    Parsed,
    first_rule,
    no_rule,
    rules,
)
from data.parsing.texts import half_width

DAY_FORMAT: Final = "%Y-%m-%d"
PLAIN_STAMP: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}%s[0-9]{2}:[0-9]{2}:[0-9]{2}$"
ISO_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
ISO_STAMP: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?$"
)
SEPARATED: Final = (
    r"^([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)"
    r"([0-9]{1,2})日?"
)
COMPACT: Final = r"^([0-9]{4})([0-9]{2})([0-9]{2})($|[T ].*$)"
COMPACT_STAMP: Final = r"^([0-9]{8})T?([0-9]{2})([0-9]{2})([0-9]{2})($|Z$|[+-].*$)"
STAMP: Final = (
    r"^(?P<day>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:[T ]\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s*(?P<zone>[Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
DAY_OR_MONTH_FIRST: Final = r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})\b"
MONTH: Final = r"^([0-9]{4})(?:-|/|年|)([0-9]{1,2})月?$"
TIMES: Final = ("%H:%M:%S%.f", "%H:%M")
FARTHEST: Final = 14 * 60  # minutes: the largest offset from UTC in use
SKEW: Final = timedelta(days=1)
LAST: Final = datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 UTC, as frames are
TO_DAYS_END: Final = timedelta(days=1) - timedelta(microseconds=1)
STAMP_TYPE: Final = pl.Datetime("us")


@dataclass(frozen=True)
class Clock:
    """What cells say, before any zone is applied."""

    local: pl.Series  # the wall clock's reading
    offset: pl.Series  # minutes ahead of UTC; null when the cell names no zone
    dated: pl.Series  # whether it is a day without time
    rule: pl.Series


def instants(cells: pl.Series, how: Conventions) -> Parsed:
    """Moments in UTC; beside them the business day and clock, and the latest meaning.

    The clock is what the business's clocks showed; null for a day without time.
    """
    return _instants(_clock(cells, how), how)


def plain_instants(cells: pl.Series, how: Conventions) -> Parsed:
    """The moments that need no care: those written in the column's plain form."""
    return _instants(_plain(cells), how)


def days(cells: pl.Series, how: Conventions) -> Parsed:
    """Calendar days."""
    return _days(_clock(cells, how), how)


def plain_days(cells: pl.Series, how: Conventions) -> Parsed:
    """The calendar days that need no care: those written in the column's plain form."""
    return _days(_plain(cells), how)


PLAIN: Final = {"instant": plain_instants, "day": plain_days}


def months(cells: pl.Series, how: Conventions) -> Parsed:
    """Calendar months, as their first day."""
    if cells.dtype == pl.String:
        cells = half_width(cells).str.replace(MONTH, "${1}-${2}-1")
    parsed = days(cells, how)
    return Parsed(parsed.values.dt.month_start(), parsed.rule)


def in_range(parsed: Parsed, since: date, how: Conventions, *, planned: bool) -> Parsed:
    """Refuse what lies before `since` or, unless planned, in the future; it is null.

    A moment outside the years 1 to 9999 of some zone is one that no calendar can tell.
    """
    on = parsed.derived.get("on", parsed.values)
    out = (on < since) | (on > date.max)
    out |= parsed.values > (LAST if planned else how.now + SKEW)
    if not out.any():
        return parsed
    rule = first_rule(parsed.rule, rules(date_range=out))
    derived = {name: each.set(out, None) for name, each in parsed.derived.items()}
    return Parsed(parsed.values.set(out, None), rule, derived)


def _instants(clock: Clock, how: Conventions) -> Parsed:
    at = _utc(clock, how)
    shown = _business_clock(clock, at, how)
    untold = at.is_null() & clock.local.is_not_null()
    derived = {
        "on": shown.dt.date(),
        "clock": shown.set(clock.dated, None),
        "latest": _latest(clock, at),
    }
    return Parsed(at, first_rule(clock.rule, rules(dst=untold)), derived)


def _latest(clock: Clock, at: pl.Series) -> pl.Series:
    if not clock.dated.any():
        return at
    ends = (at + TO_DAYS_END).clip(upper_bound=LAST)
    return ends.zip_with(clock.dated.fill_null(value=False), at)


def _days(clock: Clock, how: Conventions) -> Parsed:
    plain = clock.local.dt.date()
    if not _zoned(clock):
        return Parsed(plain, clock.rule)
    shown = _business_clock(clock, _utc(clock, how), how).dt.date()
    return Parsed(shown.zip_with(clock.offset.is_not_null(), plain), clock.rule)


def _clock(cells: pl.Series, how: Conventions) -> Clock:
    if cells.dtype == pl.Date:
        return _told(cells.cast(STAMP_TYPE), dated=True)
    if isinstance(cells.dtype, pl.Datetime):
        return _native(cells)
    if how.date_format:
        return _declared(cells, how.date_format)
    if _all(cells, ISO_DAY):
        return _read(cells, cells.str.to_date(DAY_FORMAT, strict=False), dated=True)
    if _all(cells, ISO_STAMP):
        stamps = cells.str.replace("T", " ", literal=True)
        return _read(cells, _stamps(stamps), dated=False)
    return _spelt(cells)


def _plain(cells: pl.Series) -> Clock:
    """2026-01-02, or else 2026-01-02 09:30:00, whichever the first cell is.

    Polars reads these forms fast, yet others beside them, which are left out here.
    """
    first = cells.drop_nulls().head(1).to_list() or [""]
    mark = first[0][10:11]
    shape = PLAIN_STAMP % mark if mark in {" ", "T"} else ISO_DAY
    plain = cells.set(~cells.str.contains(shape), None)
    if shape == ISO_DAY:
        return _told(
            plain.str.to_date(DAY_FORMAT, strict=False, cache=True), dated=True
        )
    form = f"{DAY_FORMAT}{mark}%H:%M:%S"
    local = plain.str.to_datetime(form, time_unit="us", strict=False, cache=False)
    return _told(local, dated=False)


def _all(cells: pl.Series, pattern: str) -> bool:
    return bool((cells.str.contains(pattern) | cells.is_null()).all())


def _stamps(cells: pl.Series) -> pl.Series:
    return cells.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _told(local: pl.Series, *, dated: bool) -> Clock:
    size = len(local)
    offset = pl.repeat(None, size, dtype=pl.Null, eager=True)
    flags = pl.repeat(dated, size, dtype=pl.Boolean, eager=True)
    return Clock(local.cast(STAMP_TYPE), offset, flags, no_rule(size))


def _read(cells: pl.Series, local: pl.Series, *, dated: bool) -> Clock:
    clock = _told(local, dated=dated)
    wrong = cells.is_not_null() & local.is_null()
    return replace(clock, rule=rules(date=wrong))


def _native(cells: pl.Series) -> Clock:
    zone = getattr(cells.dtype, "time_zone", None)
    if zone is None:
        return _told(cells.dt.cast_time_unit("us"), dated=False)
    utc = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    clock = _told(utc.dt.cast_time_unit("us"), dated=False)
    return replace(clock, offset=pl.repeat(0, len(cells), dtype=pl.Int32, eager=True))


def _spelt(cells: pl.Series) -> Clock:
    """Year first, in any of the usual spellings."""
    parts = _canonical(cells).str.extract_groups(STAMP).struct.unnest()
    local = _stamps(parts.select(_wall_clock()).to_series())
    offset = parts.select(_offset()).to_series()
    far = offset.abs() > FARTHEST
    wrong = cells.is_not_null() & (local.is_null() | far.fill_null(value=False))
    either = cells.str.contains(DAY_OR_MONTH_FIRST)
    return Clock(
        local.set(wrong, None),
        offset,
        parts["hour"].is_null(),
        rules(ambiguous_date=wrong & either, date=wrong),
    )


def _canonical(cells: pl.Series) -> pl.Series:
    return (
        half_width(cells)
        .str.replace(COMPACT_STAMP, "$1 $2:$3:$4$5")
        .str.replace(COMPACT, "$1-$2-$3$4")
        .str.replace(SEPARATED, "${1}-${2}${3}${4}${5}-${6}")
    )


def _wall_clock() -> pl.Expr:
    time = (pl.col(part).fill_null("00") for part in ("hour", "minute", "second"))
    fraction = pl.col("fraction").str.slice(0, 6).fill_null("0")
    return pl.format("{} {}:{}:{}.{}", pl.col("day"), *time, fraction)


def _offset() -> pl.Expr:
    zone = pl.col("zone")
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.slice(1, 2).cast(pl.Int32, strict=False)
    minutes = zone.str.extract(r"^...:?([0-9]{2})$").cast(pl.Int32).fill_null(0)
    universal = zone.str.to_uppercase().is_in(["Z", "UTC"])
    return pl.when(universal).then(0).otherwise(sign * (hours * 60 + minutes))


def _declared(cells: pl.Series, pattern: str) -> Clock:
    """As declared; what does not fit may still be spelt year first."""
    timed = "%H" in pattern or "%I" in pattern
    local = cells.str.to_datetime(pattern, time_unit="us", strict=False)
    dated = local.is_not_null() & (not timed)
    for time in () if timed else TIMES:
        left, form = cells.set(local.is_not_null(), None), f"{pattern} {time}"
        stamps = left.str.to_datetime(form, time_unit="us", strict=False)
        local = local.fill_null(stamps)
    found = local.is_not_null()
    rest = _spelt(cells.set(found, None))
    return Clock(
        local.zip_with(found, rest.local),
        rest.offset,
        dated.zip_with(found, rest.dated),
        rest.rule,
    )


def _zoned(clock: Clock) -> bool:
    """Whether any cell names its zone."""
    return clock.offset.null_count() < len(clock.offset)


def _utc(clock: Clock, how: Conventions) -> pl.Series:
    """The moment in UTC; null where the naive zone's clock never or twice said it."""
    if clock.dated.all():
        return zones.day_start(clock.local, how.business_zone)
    if not clock.dated.any() and not _zoned(clock):
        return zones.to_utc(clock.local, how.naive_zone)
    shifted = _shifted(clock.local, clock.offset)
    if not clock.dated.any() and not clock.offset.null_count():
        return shifted
    day = zones.day_start(clock.local, how.business_zone)
    naive = zones.to_utc(clock.local, how.naive_zone)
    timed = shifted.zip_with(clock.offset.is_not_null(), naive)
    return day.zip_with(clock.dated.fill_null(value=False), timed)


def _shifted(local: pl.Series, offset: pl.Series) -> pl.Series:
    minutes = pl.col("offset").cast(pl.Int32)
    columns = pl.DataFrame({"local": local, "offset": offset})
    return columns.select(pl.col("local") - pl.duration(minutes=minutes)).to_series()


def _business_clock(clock: Clock, at: pl.Series, how: Conventions) -> pl.Series:
    """What the business's clocks showed; a day without time stays that day."""
    if not _zoned(clock) and how.naive_zone == how.business_zone:
        return clock.local.set(at.is_null() & ~clock.dated, None)
    shown = zones.from_utc(at, how.business_zone)
    return clock.local.zip_with(clock.dated.fill_null(value=False), shown)
