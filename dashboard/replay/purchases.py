"""What customers bought, summed by cell over all as-of dates and windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import periods
from dashboard.replay.crowd import Crowd
from dashboard.replay.tallies import Cubes, Tally
from dashboard.replay.timeline import NEVER, Days, Timeline, Window
from dashboard.replay.tracks import Board, Track, Vector, day_numbers, held_on

FLAGS = (
    "buyers",
    "repeat_buyers",
    "returning_buyers",
    "previous_buyers",
    "lost_buyers",
)
BOUGHT = (
    "customers",
    *FLAGS,
    "orders",
    "revenue_high",
    "revenue",
    "margin_high",
    "margin",
)
AGAIN = ("first_buyers", "bought_again")

MONEY = ("revenue", "margin")
WHOLE = (*MONEY, "repeat_revenue")
"""Money, in whole ten-thousandths: a decimal without its point."""

COLUMNS = (
    "t.day, t.next_day, t.starts_on, t.ends_on, t.first_day, t.second_day, t.last_day,"
    " t.prior_day, t.days, t.orders, t.revenue, t.margin, t.repeat_revenue"
)
DATED = ("day", "first_day", "second_day", "last_day", "prior_day")
NOW = (*DATED, "days", "orders", *WHOLE)
BEFORE = ("last_day", "days", "orders", *MONEY)
Sums = dict[str, Vector]


@dataclass(frozen=True)
class Books:
    """The totals of every customer: as of a date, and as of each window's start."""

    now: Board
    before: dict[str, Board]

    @classmethod
    def read(
        cls, connection: DuckDBPyConnection, crowd: Crowd, timeline: Timeline
    ) -> Books:
        """The totals of some customers, before the first date."""
        rows = crowd.rows(connection, "purchase_totals", COLUMNS)
        owner = crowd.places(rows["customer_key"].to_numpy())
        columns = {name: _column(rows, name) for name in NOW}

        def board(names: tuple[str, ...], starts: Days | None = None) -> Board:
            track = Track(owner, *held_on(rows, timeline, starts), len(timeline))
            told = {name: columns[name] for name in names}
            return Board(track, len(crowd), told, DATED)

        return cls(board(NOW), timeline.before(lambda starts: board(BEFORE, starts)))

    def since(self, period: str, name: str, who: Vector) -> Vector:
        """What was added since the start of a window, by customer."""
        total: Vector = self.now[name][who]
        before = self.before.get(period)
        return total if before is None else total - before[name][who]

    def last_before(self, period: str, who: Vector) -> Vector:
        """The last purchase day before the start of a window, by customer."""
        before = self.before.get(period)
        if before is None:
            return np.full(len(who), NEVER, np.int32)
        last: Vector = before["last_day"][who]
        return last

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        for board in (self.now, *self.before.values()):
            board.turn(place)


def _column(rows: pl.DataFrame, name: str) -> Vector:
    """A column as a vector. Orders without a customer have no purchase days."""
    if name in WHOLE:
        rows = rows.select(pl.col(name).to_physical().cast(pl.Int64))
    if name not in DATED:
        return rows[name].fill_null(0).to_numpy()
    days = day_numbers(rows[name])
    if name == "day":
        return days
    return np.where(rows["customer_key"].to_numpy() > 0, days, np.int32(NEVER))


class Purchases:
    """The sums of purchases by cell, gathered date by date."""

    def __init__(
        self, books: Books, timeline: Timeline, bought: Tally, again: Tally
    ) -> None:
        self.books, self._timeline = books, timeline
        self._bought, self._again = bought, again

    def turn(self, place: int) -> None:
        """Go on to the next date."""
        self.books.turn(place)

    def tell(self, place: int, cell: Vector, cubes: Cubes) -> None:
        """Sum the customers by cell as of a date."""
        known = cubes.grouping(cell[self.books.now["first_day"] > NEVER]).count()
        for number, window in enumerate(self._timeline.windows):
            keys = {"place": place, "number": number}
            counts = self._counted(place, window, cell, cubes)
            money = self._added_up(place, window, cell, cubes)
            self._bought.add(keys, {"customers": known, **counts, **money})
        self._repurchases(place, cell, cubes)

    def _counted(self, place: int, window: Window, cell: Vector, cubes: Cubes) -> Sums:
        """The buyers of a window, and those of the one before it."""
        now = self.books.now
        starts, previous = window.starts_after[place], window.previous_after[place]
        some = np.flatnonzero(now["last_day"] > previous)
        buys = now["last_day"][some] > starts
        flags = {
            "buyers": buys,
            "repeat_buyers": now["prior_day"][some] > starts,
            "returning_buyers": buys & (now["first_day"][some] <= starts),
            "previous_buyers": self.books.last_before(window.period, some) > previous,
            "lost_buyers": ~buys,
        }
        grouping = cubes.grouping(cell[some])
        return {name: grouping.count(flag) for name, flag in flags.items()}

    def _added_up(self, place: int, window: Window, cell: Vector, cubes: Cubes) -> Sums:
        """The orders and the money of a window."""
        some = np.flatnonzero(self.books.now["day"] > window.starts_after[place])
        grouping = cubes.grouping(cell[some])
        orders = self.books.since(window.period, "orders", some)
        sums = {"orders": grouping.total(orders)}
        for name in MONEY:
            spent = self.books.since(window.period, name, some)
            sums[f"{name}_high"], sums[name] = grouping.money(spent)
        return sums

    def _repurchases(self, place: int, cell: Vector, cubes: Cubes) -> None:
        """First purchases that have passed a horizon, and those followed within it."""
        now, day = self.books.now, self._timeline.as_of[place]
        for horizon in periods.HORIZONS:
            first = now["first_day"]
            some = np.flatnonzero((first > NEVER) & (first <= day - horizon))
            gap = now["second_day"][some] - first[some]
            grouping = cubes.grouping(cell[some])
            again = grouping.count((gap > 0) & (gap <= horizon))
            keys = {"place": place, "horizon_days": horizon}
            self._again.add(
                keys, dict(zip(AGAIN, (grouping.count(), again), strict=True))
            )
