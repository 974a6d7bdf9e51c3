"""Days and moments: spelled in every accepted way, and in ways that have no meaning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from tests.hostile.cells import Cell, Manners, Pen, broken
from tests.hostile.contract import AHEAD

FIRST: Final = {"birth": date(1900, 1, 1), "opening": date(1800, 1, 1)}
EPOCH: Final = date(1970, 1, 1)
OFFSETS: Final = {"Z": 0, "+08:00": 480, "-05:00": -300, "+05:30": 330, "+14:00": 840}
SHAPES: Final = ("day", "naive", "zoned")
UNREAL: Final = (
    "2023-02-29",
    "2026-13-01",
    "2026-04-31 10:00",
    "20261301",
    "2026-01-02 25:00",
    "2026-01-02 10:61",
    "2026年2月30日",
    "0000-00-00",
    "2026-00-10",
    "45321",
    "45321.5",
    "soon",
    "-",
    "2026-01",
)
AMBIGUOUS: Final = ("03/04/2026", "13/04/2026", "03/04/2026 09:30", "1/2/2026")
LONG_AGO: Final = ("0001-01-01", "17991230", "1799/12/31 10:00")
OLD: Final = ("1969-12-31", "1900-01-01", "1969/1/2 10:00", "18991230", "1899年1月1日")
FUTURE: Final = ("9999-12-31", "2199-01-01 08:00", "2099年1月1日")


@dataclass(frozen=True)
class Moment:
    """A business day, with the moments (UTC) that it begins and ends with, or one.

    `at` is None where the day has no midnight of its own.
    """

    on: date
    at: datetime | None
    hour: int | None
    first: datetime
    last: datetime


def instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments at which the clocks of a zone show a time: one, none or two."""
    found = set()
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            found.add(moment.replace(tzinfo=None))
    return sorted(found)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at a moment."""
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def whole_day(on: date, zone: ZoneInfo) -> Moment:
    """A day without a time: the business day, from its first moment to its last."""
    midnights = instants(datetime.combine(on, time()), zone)
    first, after = _begin(on, zone), _begin(on + timedelta(days=1), zone)
    at = midnights[0] if len(midnights) == 1 else None
    return Moment(on, at, None, first, after - timedelta(microseconds=1))


def one(moment: datetime, zone: ZoneInfo) -> Moment:
    """A moment, on the business day that it falls on."""
    shown = local(moment, zone)
    return Moment(shown.date(), moment, shown.hour, moment, moment)


def _begin(on: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(on, time(), tzinfo=zone)
    return midnight.astimezone(UTC).replace(tzinfo=None)


def spelled_moment(pen: Pen, around: datetime, kind: str, shape: str = "") -> Cell:
    """A cell near a moment; what it means follows from what is written in it."""
    how = shape or pen.pick(SHAPES)
    if how == "day":
        on = local(around, pen.manners.business).date()
        meaning = whole_day(on, pen.manners.business)
        return judged(_day(pen, on), meaning, kind, pen.manners)
    if how == "naive":
        return naive(pen, local(around, pen.manners.naive), kind)
    return _zoned(pen, around, kind)


def naive(pen: Pen, shown: datetime, kind: str) -> Cell:
    """A cell with the time on the clocks of the table's zone."""
    shown, clock = _clock(pen, shown)
    text = f"{_day(pen, shown.date())}{clock}"
    found = instants(shown, pen.manners.naive)
    if len(found) != 1:
        return broken(text, "dst")
    return judged(text, one(found[0], pen.manners.business), kind, pen.manners)


def _zoned(pen: Pen, around: datetime, kind: str) -> Cell:
    name = pen.pick(list(OFFSETS))
    shown, clock = _clock(pen, around + timedelta(minutes=OFFSETS[name]))
    moment = shown - timedelta(minutes=OFFSETS[name])
    text = f"{_day(pen, shown.date(), zoned=True)}{clock}{name}"
    return judged(text, one(moment, pen.manners.business), kind, pen.manners)


def _clock(pen: Pen, shown: datetime) -> tuple[datetime, str]:
    """A time cut to what is written of it, and how it is written."""
    joint = " " if pen.manners.date_format else pen.pick((" ", "T"))
    if pen.odds(0.5):
        shown = shown.replace(second=0, microsecond=0)
        return shown, f"{joint}{shown:%H:%M}"
    shown = shown.replace(microsecond=0)
    return shown, f"{joint}{shown:%H:%M:%S}"


def _day(pen: Pen, on: date, *, zoned: bool = False) -> str:
    year, month, day = f"{on.year:04d}", on.month, on.day
    spellings = [
        f"{year}-{month:02d}-{day:02d}",
        f"{year}/{month}/{day}",
        f"{year}/{month:02d}/{day:02d}",
        f"{year}{month:02d}{day:02d}",
        f"{year}年{month}月{day}日",
    ]
    if pen.manners.date_format and not zoned:
        spellings.append(declared(on, pen.manners.date_format))
    return pen.pick(spellings)


def declared(on: date, pattern: str) -> str:
    """A day in the format of the settings."""
    parts = {"%Y": f"{on.year:04d}", "%m": f"{on.month:02d}", "%d": f"{on.day:02d}"}
    for mark, digits in parts.items():
        pattern = pattern.replace(mark, digits)
    return pattern


def judged(text: str, meaning: Moment, kind: str, manners: Manners) -> Cell:
    """A cell with a meaning, unless that lies where nothing of its kind can."""
    soon = kind in AHEAD or meaning.first <= manners.now + timedelta(days=1)
    if soon and _in_range(meaning.on, kind, manners):
        return Cell(text, meaning)
    return broken(text, "date_range")


def _in_range(on: date, kind: str, manners: Manners) -> bool:
    today = local(manners.now, manners.business).date()
    latest = date.max if kind in AHEAD else today + timedelta(days=1)
    return FIRST.get(kind, EPOCH) <= on <= latest


def spelled_day(pen: Pen, on: date, kind: str) -> Cell:
    """A cell with a calendar day, which no zone shifts."""
    if _in_range(on, kind, pen.manners):
        return Cell(_day(pen, on), on)
    return broken(_day(pen, on), "date_range")


def spelled_month(pen: Pen, on: date) -> Cell:
    """A cell with a month, which is its first day."""
    first = on.replace(day=1)
    text = pen.pick((f"{on:%Y-%m}", f"{on:%Y%m}", f"{on.year}年{on.month}月"))
    return Cell(text, first)


def spoiled_month(pen: Pen) -> Cell:
    text = pen.pick(("March", "2026-13", "202600", "03/2026"))
    rules = ("date", "ambiguous_date") if "/" in text else ("date",)
    return broken(text, *rules)


def spoiled_moment(pen: Pen, kind: str) -> Cell:
    """A cell that no day or moment of its kind can be read from."""
    choices = [(text, "date") for text in UNREAL]
    out = [*LONG_AGO, *(() if kind in FIRST else OLD)]
    out += () if kind in AHEAD else FUTURE * 2
    choices += [(text, "date_range") for text in out]
    if pen.manners.date_format is None:
        choices += [(text, "ambiguous_date") for text in AMBIGUOUS] * 4
    text, rule = pen.rng.choice(choices)
    return broken(text, rule)


def skipped_hour(pen: Pen) -> Cell | None:
    """A time that the clocks of the table's zone skipped or repeated, if any did."""
    odd = odd_hours(pen.manners.naive, pen.rng.randrange(2020, 2026))
    return naive(pen, pen.rng.choice(odd), "moment") if odd else None


def edge(pen: Pen) -> datetime:
    """A moment near one of those that bound what can have happened."""
    days = pen.rng.choice((0, 1, 1, 1, 2))
    if pen.odds(0.3):
        return datetime.combine(EPOCH, time()) + timedelta(
            hours=pen.rng.randint(-30, 30)
        )
    return pen.manners.now + timedelta(days, hours=pen.rng.randint(-6, 6), minutes=1)


@cache
def odd_hours(zone: ZoneInfo, year: int) -> list[datetime]:
    """The times of a year that the clocks of a zone skipped or repeated."""
    start = datetime.combine(date(year, 1, 1), time(0, 30))
    hours = (start + timedelta(hours=number) for number in range(24 * 365))
    return [shown for shown in hours if len(instants(shown, zone)) != 1]
