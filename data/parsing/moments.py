"""Dates and moments: year first, or as declared; never by the look of other rows.

A day without time is a business day and is never shifted. A stamp without zone is in
the declared zone; where the clocks went forward or back over it, it has no meaning.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from data.parsing.cells import Conventions, Parsed, no_rule, rules
from data.parsing.texts import half_width

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
    """Moments in UTC, with the business day, hour and latest meaning beside them."""
    clock = _clock(cells, how)
    at = _utc(clock, how)
    on = _business_day(clock, at, how)
    hour = _business(at, how).dt.hour().set(clock.dated, None)
    ends = (at + TO_DAYS_END).zip_with(clock.dated.fill_null(value=False), at)
    untold = at.is_null() & clock.local.is_not_null()
    broken = clock.rule.zip_with(clock.rule.is_not_null(), rules(dst=untold))
    return Parsed(at, broken, {"on": on, "hour": hour, "latest": ends})


def days(cells: pl.Series, how: Conventions) -> Parsed:
    """Calendar days."""
    clock = _clock(cells, how)
    at = _utc(clock, how)
    zoned = _business_day(clock, at, how)
    plain = clock.local.dt.date()
    return Parsed(zoned.zip_with(clock.offset.is_not_null(), plain), clock.rule)


def months(cells: pl.Series, how: Conventions) -> Parsed:
    """Calendar months, as their first day."""
    if cells.dtype == pl.String:
        cells = half_width(cells).str.replace(MONTH, "${1}-${2}-1")
    parsed = days(cells, how)
    return Parsed(parsed.values.dt.month_start(), parsed.rule)


def in_range(parsed: Parsed, since: date, how: Conventions, *, planned: bool) -> Parsed:
    """Refuse what lies before `since` or, unless planned, in the future."""
    on = parsed.derived.get("on", parsed.values)
    out = on < since
    if not planned:
        out |= parsed.values > how.now + SKEW
    broken = parsed.rule.zip_with(parsed.rule.is_not_null(), rules(date_range=out))
    return Parsed(parsed.values, broken, parsed.derived)


def _clock(cells: pl.Series, how: Conventions) -> Clock:
    if cells.dtype == pl.Date:
        return _told(cells.cast(STAMP_TYPE), dated=True)
    if isinstance(cells.dtype, pl.Datetime):
        return _native(cells)
    if _all(cells, ISO_DAY):
        return _read(cells, cells.str.to_date("%Y-%m-%d", strict=False), dated=True)
    if _all(cells, ISO_STAMP):
        stamps = cells.str.replace("T", " ", literal=True)
        return _read(cells, _stamps(stamps), dated=False)
    return _declared(cells, how.date_format) if how.date_format else _spelt(cells)


def _all(cells: pl.Series, pattern: str) -> bool:
    return bool((cells.str.contains(pattern) | cells.is_null()).all())


def _stamps(cells: pl.Series) -> pl.Series:
    return cells.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _told(local: pl.Series, *, dated: bool) -> Clock:
    size = len(local)
    offset = pl.repeat(None, size, dtype=pl.Int32, eager=True)
    flags = pl.repeat(dated, size, dtype=pl.Boolean, eager=True)
    return Clock(local, offset, flags, no_rule(size))


def _read(cells: pl.Series, local: pl.Series, *, dated: bool) -> Clock:
    clock = _told(local.cast(STAMP_TYPE), dated=dated)
    wrong = cells.is_not_null() & local.is_null()
    return Clock(clock.local, clock.offset, clock.dated, rules(date=wrong))


def _native(cells: pl.Series) -> Clock:
    zone = getattr(cells.dtype, "time_zone", None)
    if zone is None:
        return _told(cells.dt.cast_time_unit("us"), dated=False)
    utc = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    clock = _told(utc.dt.cast_time_unit("us"), dated=False)
    offset = pl.repeat(0, len(cells), dtype=pl.Int32, eager=True)
    return Clock(clock.local, offset, clock.dated, clock.rule)


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
    rest = _spelt(cells)
    timed = "%H" in pattern or "%I" in pattern
    local = cells.str.to_datetime(pattern, time_unit="us", strict=False)
    dated = local.is_not_null() & (not timed)
    for time in () if timed else TIMES:
        stamp = cells.str.to_datetime(f"{pattern} {time}", time_unit="us", strict=False)
        local = local.fill_null(stamp)
    found = local.is_not_null()
    return Clock(
        local.zip_with(found, rest.local),
        rest.offset.set(found, None),
        dated.zip_with(found, rest.dated),
        rest.rule.set(found, None),
    )


def _utc(clock: Clock, how: Conventions) -> pl.Series:
    """The moment in UTC; null where the naive zone's clock never or twice said it."""
    columns = pl.DataFrame(
        {"local": clock.local, "offset": clock.offset, "dated": clock.dated}
    )
    local, zoned = pl.col("local"), pl.col("offset").is_not_null()
    day, naive = _day_start(how.business_zone), _strict(how.naive_zone)
    if clock.dated.all():
        return columns.select(day).to_series()
    if not clock.dated.any() and clock.offset.null_count() == len(clock.offset):
        return columns.select(naive).to_series()
    shifted = local - pl.duration(minutes=pl.col("offset"))
    at = pl.when("dated").then(day).when(zoned).then(shifted).otherwise(naive)
    return columns.select(at).to_series()


def _strict(zone: str) -> pl.Expr:
    local = pl.col("local").dt.replace_time_zone(
        zone, ambiguous="null", non_existent="null"
    )
    return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _day_start(zone: str) -> pl.Expr:
    """A business day's first moment; where midnight was skipped, an hour later."""
    starts = (
        (pl.col("local") + timedelta(hours=hour)).dt.replace_time_zone(
            zone, ambiguous="earliest", non_existent="null"
        )
        for hour in (0, 1)
    )
    return pl.coalesce(*starts).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _business(at: pl.Series, how: Conventions) -> pl.Series:
    zoned = at.dt.replace_time_zone("UTC").dt.convert_time_zone(how.business_zone)
    return zoned.dt.replace_time_zone(None)


def _business_day(clock: Clock, at: pl.Series, how: Conventions) -> pl.Series:
    on = _business(at, how).dt.date()
    return clock.local.dt.date().zip_with(clock.dated, on)
