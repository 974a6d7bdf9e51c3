"""Surveys sent and answered, summed by cell over all as-of dates and windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import periods
from dashboard.replay.crowd import Crowd
from dashboard.replay.tallies import Cubes, Grouping, Tally
from dashboard.replay.timeline import Days, Places, Timeline, Window, places
from dashboard.replay.tracks import Track, Turns, Vector, day_numbers

SENT = ("n", "total", "cluster_squares", "cluster_product", "cluster_counts")
DIMENSIONS = ("product_quality", "service", "delivery", "communication", "support")
TOTALS = (
    *("nps_n", "nps_total", "nps_squares"),
    *(
        f"{dimension}_{part}"
        for dimension in DIMENSIONS
        for part in ("n", "total", "squares", "top2")
    ),
)
PAIRS = {
    f"{name}_{summed}_{other}": (f"{name}_{summed}", f"{name}_{other}")
    for name, measures in (
        ("nps", ("total",)),
        *((d, ("total", "top2")) for d in DIMENSIONS),
    )
    for summed in measures
    for other in (summed, "n")
} | {f"{name}_n_n": (f"{name}_n", f"{name}_n") for name in ("nps", *DIMENSIONS)}
SCORED = (*TOTALS, *PAIRS)
"""What is summed over answers, and over customers' pairs of such sums."""


class Counter:
    """A number per customer that only grows, from one as-of date to the next."""

    def __init__(
        self, owner: Vector, at: Places, times: Vector, shape: tuple[int, int]
    ) -> None:
        size, count = shape
        self._owner, self._times = owner, times
        self._turns = Turns(at, np.flatnonzero(at < count), count)
        self.now = np.zeros(size, np.int64)

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        rows = self._turns.at(place)
        np.add.at(self.now, self._owner[rows], self._times[rows])


class Requests:
    """Surveys sent, and those of them answered by the as-of date, by customer."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        crowd: Crowd,
        timeline: Timeline,
        tally: Tally,
    ) -> None:
        columns = "t.counted_on, t.known_on, t.requests"
        rows = crowd.rows(connection, "request_marks", columns)
        owner = crowd.places(rows["customer_key"].to_numpy())
        counted, known = (
            day_numbers(rows[name].fill_null(periods.FOREVER))  # a request of no day
            for name in ("counted_on", "known_on")
        )
        times, shape = rows["requests"].to_numpy(), (len(crowd), len(timeline))
        answered = places(known, timeline.as_of)

        def counters(limits: Days) -> tuple[Counter, Counter]:
            sent = places(counted, limits)
            late = np.maximum(sent, answered)
            return Counter(owner, sent, times, shape), Counter(
                owner, late, times, shape
            )

        self._timeline, self.tally = timeline, tally
        self._now = counters(timeline.as_of)
        self._before = timeline.before(counters)

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        for pair in (self._now, *self._before.values()):
            for counter in pair:
                counter.turn(place)

    def tell(self, place: int, cell: Vector, cubes: Cubes) -> None:
        """Sum the customers by cell as of a date."""
        for number, window in enumerate(self._timeline.windows):
            some, sent, answered = self._within(window)
            grouping = cubes.grouping(cell[some])
            values = (sent, answered, answered**2, answered * sent, sent**2)
            sums = map(grouping.total, values)
            keys = {"place": place, "number": number}
            self.tally.add(keys, dict(zip(SENT, sums, strict=True)))

    def _within(self, window: Window) -> tuple[Vector, Vector, Vector]:
        before = self._before.get(window.period)
        sent, answered = (each.now for each in self._now)
        if before is not None:
            sent, answered = sent - before[0].now, answered - before[1].now
        some = np.flatnonzero(sent)
        return some, sent[some], answered[some]


@dataclass(frozen=True)
class Marker:
    """The row of answers so far of each customer; -1 of one without any."""

    track: Track
    now: Vector

    @classmethod
    def over(
        cls, owner: Vector, held: tuple[Places, Places], shape: tuple[int, int]
    ) -> Marker:
        """Before the first date."""
        size, count = shape
        never = np.zeros(len(owner), np.bool_)  # answers are not taken back
        return cls(Track(owner, *held, never, count), np.full(size, -1, np.int64))

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        _, begun = self.track.turn(place)
        self.now[self.track.owners(begun)] = begun


class Scores:
    """Sums of customers' answers, and how alike one customer's answers are."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        crowd: Crowd,
        timeline: Timeline,
        tally: Tally,
    ) -> None:
        columns = ", ".join(f"t.{name}" for name in ("known_on", "next_on", *TOTALS))
        rows = crowd.rows(connection, "answer_totals", columns)
        owner = crowd.places(rows["customer_key"].to_numpy())
        known, follows = (day_numbers(rows[name]) for name in ("known_on", "next_on"))
        shape = (len(crowd), len(timeline))

        def marker(limits: Days) -> Marker:
            return Marker.over(
                owner, (places(known, limits), places(follows, limits)), shape
            )

        self._timeline, self.tally = timeline, tally
        self._totals = _totals(rows)
        self._now = marker(timeline.as_of)
        self._before = timeline.before(marker)

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        for marker in (self._now, *self._before.values()):
            marker.turn(place)

    def tell(self, place: int, cell: Vector, cubes: Cubes) -> None:
        """Sum the customers by cell as of a date."""
        for number, window in enumerate(self._timeline.windows):
            some, totals = self._within(window)
            grouping = cubes.grouping(cell[some])
            keys = {"place": place, "number": number}
            self.tally.add(keys, _sums(grouping, totals))

    def _within(self, window: Window) -> tuple[Vector, Vector]:
        """The customers with an answer in a window, and their answers' sums."""
        before = self._before.get(window.period)
        if before is None:
            some = np.flatnonzero(self._now.now >= 0)
            return some, self._totals[self._now.now[some]]
        some = np.flatnonzero(self._now.now != before.now)
        now, then = self._now.now[some], before.now[some]
        return some, self._totals[now] - self._totals[then]


def _totals(rows: pl.DataFrame) -> Vector:
    """The totals, a row each, and a last row of zeros for -1: no answer so far."""
    told = rows.select(pl.col(TOTALS).cast(pl.Int32)).to_numpy()
    return np.vstack([told, np.zeros((1, len(TOTALS)), np.int32)])


def _sums(grouping: Grouping, totals: Vector) -> Mapping[str, Vector]:
    of: dict[str, Vector] = {
        name: totals[:, place].astype(np.float64) for place, name in enumerate(TOTALS)
    }
    products = {name: of[one] * of[other] for name, (one, other) in PAIRS.items()}
    return {name: grouping.total(each) for name, each in {**of, **products}.items()}
