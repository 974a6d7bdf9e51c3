"""What customers bought, summed by cell over all as-of dates and windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import periods
from dashboard.replay.crowd import Crowd
from dashboard.replay.tallies import Grouping, Tally
from dashboard.replay.timeline import NEVER, Timeline, Window
from dashboard.replay.tracks import Board, Track, Vector, day_numbers, held_on

FLAGS = ("buyers", "repeat_buyers", "returning_buyers", "previous_buyers", "lost_buyers")
MONEY = ("revenue", "margin")
BOUGHT = ("customers", *FLAGS, "orders", "revenue_high", "revenue", "margin_high", "margin")
AGAIN = ("first_buyers", "bought_again")

COLUMNS = (
    "t.day, t.next_day, t.starts_on, t.ends_on, t.first_day, t.second_day, t.last_day,"
    " t.prior_day, t.orders,"
    " CAST(CAST(t.revenue AS DECIMAL(38, 4)) * 10000 AS BIGINT) AS revenue,"
    " CAST(CAST(t.margin AS DECIMAL(38, 4)) * 10000 AS BIGINT) AS margin"
)
DATED = ("day", "first_day", "second_day", "last_day", "prior_day")
NOW = (*DATED, "orders", *MONEY)
BEFORE = ("last_day", "orders", *MONEY)
Keys = Mapping[str, int]


@dataclass(frozen=True)
class Books:
    """The totals of every customer: as of a date, and as of each window's start."""

    now: Board
    before: dict[str, Board]
    size: int

    @classmethod
    def read(
        cls, connection: DuckDBPyConnection, crowd: Crowd, timeline: Timeline
    ) -> Books:
        """The totals of some customers, before the first date."""
        rows = crowd.rows(connection, "purchase_totals", COLUMNS)
        owner = crowd.places(rows["customer_key"].to_numpy())
        columns = {name: _column(rows, name) for name in NOW}

        def board(names: tuple[str, ...], window: Window | None = None) -> Board:
            starts = None if window is None else window.starts_after
            track = Track(owner, *held_on(rows, timeline, starts), len(timeline))
            told = {name: columns[name] for name in names}
            return Board(track, len(crowd), told, DATED)

        tracked = [each for each in timeline.windows if each.period != "all"]
        before = {each.period: board(BEFORE, each) for each in tracked}
        return cls(board(NOW), before, len(crowd))

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
    if name not in DATED:
        return rows[name].to_numpy()
    days = day_numbers(rows[name])
    if name == "day":
        return days
    return np.where(rows["customer_key"].to_numpy() > 0, days, np.int32(NEVER))


class Purchases:
    """The sums of purchases by cell, gathered date by date."""

    def __init__(
        self, books: Books, timeline: Timeline, bought: Tally, again: Tally
    ) -> None:
        self._books, self._timeline = books, timeline
        self.bought, self.again = bought, again

    def turn(self, place: int) -> None:
        """Nothing: the books are turned before anybody reads them."""

    def tell(self, place: int, cell: Vector, possible: int) -> None:
        """Sum the customers by cell as of a date."""
        known = Grouping.of(cell[self._books.now["first_day"] > NEVER], possible)
        customers = {"customers": known.count()}
        for number, window in enumerate(self._timeline.windows):
            keys = {"place": place, "number": number}
            self.bought.add(keys, known, customers)
            self._count(keys, window, cell, possible)
            self._add_up(keys, window, cell, possible)
        self._repurchases(place, cell, possible)

    def _count(
        self, keys: Keys, window: Window, cell: Vector, possible: int
    ) -> None:
        """Count the buyers of a window and of the one before it."""
        now, place = self._books.now, keys["place"]
        starts, previous = window.starts_after[place], window.previous_after[place]
        some = np.flatnonzero(now["last_day"] > previous)
        last = now["last_day"][some]
        buys = last > starts
        before = self._books.last_before(window.period, some) > previous
        flags = (
            buys,
            now["prior_day"][some] > starts,
            buys & (now["first_day"][some] <= starts),
            before,
            ~buys,
        )
        packed = sum(flag.astype(np.int64) << bit for bit, flag in enumerate(flags))
        codes = cell[some] << len(flags) | packed
        grouping = Grouping.of(codes, possible << len(flags))
        self.bought.add(keys, *grouping.unpacked(FLAGS))

    def _add_up(
        self, keys: Keys, window: Window, cell: Vector, possible: int
    ) -> None:
        """Add up the orders and the money of a window."""
        now, place = self._books.now, keys["place"]
        some = np.flatnonzero(now["day"] > window.starts_after[place])
        grouping = Grouping.of(cell[some], possible)
        orders = self._books.since(window.period, "orders", some)
        sums = {"orders": grouping.total(orders)}
        for name in MONEY:
            spent = self._books.since(window.period, name, some)
            sums[f"{name}_high"], sums[name] = grouping.money(spent)
        self.bought.add(keys, grouping, sums)

    def _repurchases(self, place: int, cell: Vector, possible: int) -> None:
        """Count first purchases that have passed a horizon, and those followed in it."""
        now, day = self._books.now, self._timeline.as_of[place]
        first = now["first_day"]
        for horizon in periods.HORIZONS:
            some = np.flatnonzero((first > NEVER) & (first <= day - horizon))
            second = now["second_day"][some]
            again = (second > NEVER) & (second - first[some] <= horizon)
            grouping = Grouping.of(cell[some] << 1 | again, possible << 1)
            keys = {"place": place, "horizon_days": horizon}
            self.again.add(keys, *grouping.unpacked(("bought_again",), "first_buyers"))
