"""Totals written over from one as-of date to the next, on vectors of customers.

A row of running totals holds on a run of as-of dates. Instead of laying it out on each
of them, it is written into vectors with one entry per customer where the run begins, so
that the work grows with what changes and not with customers times dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboard.replay.timeline import FOREVER, NEVER, Days, Places, Timeline, places

Vector = NDArray[Any]
Rows = NDArray[np.intp]


class Turns:
    """Things that happen at places, told place by place."""

    def __init__(self, at: Places, chosen: Rows, size: int) -> None:
        order = np.argsort(at[chosen], kind="stable")
        self.rows: Rows = chosen[order]
        self._bounds = np.searchsorted(at[self.rows], np.arange(size + 1))

    def at(self, place: int) -> Rows:
        """The rows whose turn it is."""
        return self.rows[self._bounds[place] : self._bounds[place + 1]]


class Track:
    """The row of totals that holds for each of `size` owners, at one place at a time.

    A row holds from `begin` up to, not including, `end`. `lapsing` are the rows after
    which no other may follow: only these have to be taken back.
    """

    def __init__(
        self, owner: Vector, begin: Places, end: Places, lapsing: Vector, count: int
    ) -> None:
        some = begin < end
        self._owner = owner
        self._begun = Turns(begin, np.flatnonzero(some & (begin < count)), count)
        ending = some & lapsing & (end < count)
        self._ended = Turns(end, np.flatnonzero(ending), count)

    def turn(self, place: int) -> tuple[Vector, Rows]:
        """The owners whose row ends at a place, and the rows that begin there."""
        return self._owner[self._ended.at(place)], self._begun.at(place)

    def owners(self, rows: Rows) -> Vector:
        """Whose rows these are."""
        return self._owner[rows]


class Board:
    """Vectors with one entry per owner, written over as a track turns."""

    def __init__(
        self,
        track: Track,
        size: int,
        columns: Mapping[str, Vector],
        dated: Sequence[str],
    ) -> None:
        self._track, self._columns = track, columns
        self._blank = {name: NEVER if name in dated else 0 for name in columns}
        self.now = {
            name: np.full(size, self._blank[name], column.dtype)
            for name, column in columns.items()
        }

    def turn(self, place: int) -> Vector:
        """Write over what changes at a place; the owners it changes for."""
        ended, begun = self._track.turn(place)
        who = self._track.owners(begun)
        for name, vector in self.now.items():
            vector[ended] = self._blank[name]
            vector[who] = self._columns[name][begun]
        return np.concatenate([ended, who])

    def __getitem__(self, name: str) -> Vector:
        """A column as it stands at the place."""
        return self.now[name]


def day_numbers(days: pl.Series) -> Days:
    """Days since 1970; of no day, one that is before every other."""
    found: Days = days.to_physical().fill_null(NEVER).to_numpy()
    return found


def held_on(
    rows: pl.DataFrame, timeline: Timeline, starts_after: Days | None = None
) -> tuple[Places, Places, Vector]:
    """From which as-of date on, until which, totals hold; whether nothing may follow.

    They are those up to the date, or up to the start of the window that ends on it.
    """
    limits = timeline.as_of if starts_after is None else starts_after
    day, next_day, starts_on, ends_on = (
        day_numbers(rows[name]) for name in ("day", "next_day", "starts_on", "ends_on")
    )
    begin = np.maximum(places(day, limits), places(starts_on, timeline.as_of))
    end = np.minimum(places(next_day, limits), places(ends_on, timeline.as_of))
    return begin, end, ends_on < FOREVER
