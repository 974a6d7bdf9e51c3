"""The as-of dates that totals are replayed over, and their windows, as day numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard import periods

Days = NDArray[np.int32]
Places = NDArray[np.int16]
T = TypeVar("T")

EPOCH = date(1970, 1, 1)
NEVER = -(10**6)
"""Stands for no day: it is before every day there is."""

DAWN = (periods.DAWN - EPOCH).days
FOREVER = (periods.FOREVER - EPOCH).days


def number(day: date) -> int:
    """A day as the days since 1970."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Window:
    """One period over all as-of dates: after which days its windows start."""

    period: str
    starts_after: Days
    previous_after: Days


@dataclass(frozen=True)
class Timeline:
    """As-of dates in order, and the standard windows that end on them."""

    days: Sequence[date]
    as_of: Days
    windows: Sequence[Window]

    @classmethod
    def of(
        cls, days: Sequence[date], windows: Sequence[str] = periods.STANDARD
    ) -> Timeline:
        """The timeline of some as-of dates, with windows of these periods."""
        ordered = sorted(days)
        told = [_window(period, ordered) for period in windows]
        return cls(ordered, _numbers(ordered), told)

    def __len__(self) -> int:
        """How many as-of dates there are."""
        return len(self.days)

    def before(self, make: Callable[[Days], T]) -> dict[str, T]:
        """Something of the days after which windows start; `all` history has none."""
        return {
            each.period: make(each.starts_after)
            for each in self.windows
            if each.period != "all"
        }


def _window(period: str, days: Sequence[date]) -> Window:
    spans = [periods.span(day, period) for day in days]
    return Window(
        period,
        _numbers([span.starts_after for span in spans]),
        _numbers([span.previous_after for span in spans]),
    )


def _numbers(days: Sequence[date]) -> Days:
    return np.array([number(day) for day in days], np.int32)


def places(days: Days, limits: Days) -> Places:
    """The place of the first of some rising limits that is not before each day."""
    if not len(days):
        return np.zeros(0, np.int16)
    low, high = int(limits[0]), int(limits[-1]) + 1
    steps = np.searchsorted(limits, np.arange(low, high + 1)).astype(np.int16)
    return steps[np.clip(days, low, high) - low]
