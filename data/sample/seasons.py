"""The business calendar: 4.5 years up to `until`, some days busier than others.

Customers live in business time, which runs faster on busy days and equals calendar
time on average: a constant purchase rate in business time is a seasonal one in days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from data.sample.arrays import Days, Flags, Instants, blank_unless

Stamps = npt.NDArray[np.datetime64]

HISTORY_DAYS = 1643
LAST_DAY = HISTORY_DAYS - 1
DAY = 86_400  # seconds; a moment is the seconds since the first midnight
END = HISTORY_DAYS * DAY
NEVER = -(2**40)  # the moment of what did not happen
YEAR = 365
WEEKDAYS = np.array([0.86, 0.84, 0.86, 0.92, 1.06, 1.26, 1.20])
NEW_YEARS = {  # first day of the lunar year, Hong Kong Observatory tables
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5),
    2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10),
    2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13),
    2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19),
    2035: (2, 8), 2036: (1, 28), 2037: (2, 15), 2038: (2, 4),
}  # fmt: skip
USUAL_NEW_YEAR = (2, 5)
PROMOTIONS = (  # first month-day, last month-day, factor
    ((6, 1), (6, 15), 1.15),
    ((6, 16), (6, 18), 1.70),
    ((7, 1), (8, 31), 0.94),
    ((11, 1), (11, 9), 1.20),
    ((11, 10), (11, 11), 1.90),
)


def _around(stamps: Stamps, day: date) -> Days:
    return (stamps - np.datetime64(day)).astype(np.int64)


def _spring_festival(stamps: Stamps, year: int) -> npt.NDArray[np.float64]:
    away = _around(stamps, date(year, *NEW_YEARS.get(year, USUAL_NEW_YEAR)))
    shopping, closed = (away >= -21) & (away <= -3), (away >= -2) & (away <= 5)
    return np.select([shopping, closed], [1.30, 0.55], 1.0)


def _promotions(stamps: Stamps, year: int) -> npt.NDArray[np.float64]:
    factor = np.ones(len(stamps))
    for first, last, times in PROMOTIONS:
        after = _around(stamps, date(year, *first)) >= 0
        factor[after & (_around(stamps, date(year, *last)) <= 0)] *= times
    return factor


def _busyness(stamps: Stamps) -> npt.NDArray[np.float64]:
    weekday = (stamps.astype("datetime64[D]").astype(np.int64) + 3) % 7
    factor = WEEKDAYS[weekday]
    years = stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    for year in range(int(years[0]), int(years[-1]) + 1):
        factor = factor * _spring_festival(stamps, year) * _promotions(stamps, year)
    return factor


@dataclass(frozen=True)
class Seasons:
    """The days 0 .. HISTORY_DAYS - 1 and the business time that each one takes."""

    until: date
    elapsed: Instants  # business time at the start of each day, and at the very end

    @property
    def first_day(self) -> date:
        """The day the company opened."""
        return self.until - timedelta(days=HISTORY_DAYS - 1)

    def day(self, business: Instants) -> Days:
        """Say on which day an instant of business time falls."""
        found = np.searchsorted(self.elapsed, business, side="right") - 1
        return np.clip(found, 0, HISTORY_DAYS - 1).astype(np.int64)

    def dates(self, days: Days) -> Stamps:
        """Turn day numbers into dates."""
        dates: Stamps = np.datetime64(self.first_day, "D") + days.astype("m8[D]")
        return dates

    def planned(self, moments: Days) -> pl.Series:
        """Turn moments into local business time; NEVER is blank."""
        return self._stamped(moments, moments > NEVER)

    def happened(self, moments: Days) -> pl.Series:
        """The same, blank too for what lies after the last day."""
        return self._stamped(moments, (moments > NEVER) & (moments < END))

    def _stamped(self, moments: Days, known: Flags) -> pl.Series:
        start = np.datetime64(self.first_day, "us").astype(np.int64)
        stamps = pl.Series(moments * 1_000_000 + start).cast(pl.Datetime("us"))
        return blank_unless(known, stamps)


def seasons(until: date) -> Seasons:
    """Lay out the calendar that ends on `until`."""
    first = np.datetime64(until, "D") - np.timedelta64(HISTORY_DAYS - 1, "D")
    busy = _busyness(first + np.arange(HISTORY_DAYS).astype("m8[D]"))
    elapsed = np.concatenate([[0.0], np.cumsum(busy)])
    return Seasons(until, elapsed * (HISTORY_DAYS / elapsed[-1]))
