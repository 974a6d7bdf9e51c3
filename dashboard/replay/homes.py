"""Where customers without a declared store are at home: where they bought most."""

from __future__ import annotations

import numpy as np
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.replay.crowd import Crowd
from dashboard.replay.timeline import Timeline
from dashboard.replay.tracks import Board, Track, Vector, day_numbers, held_on

DAY_BITS = 22
"""Enough for the days from the year 1 to 9999."""

SHIFT = 720_000


class Homes:
    """The address of each customer; without a declared store it follows the purchases.

    Of the stores of most orders so far that of the latest purchase, then the first by
    name.
    """

    def __init__(
        self, connection: DuckDBPyConnection, crowd: Crowd, timeline: Timeline
    ) -> None:
        found = cells.frame(
            connection,
            "SELECT h.home, h.customer_key, h.address FROM home_keys AS h"  # noqa: S608 numbers of ours
            f" WHERE h.customer_key >= {crowd.low} AND h.customer_key < {crowd.high}"
            " ORDER BY h.home",
        )
        self._declared, self._address = crowd.address, crowd.address.copy()
        self._homes = found["address"].to_numpy()
        self._who = crowd.places(found["customer_key"].to_numpy())
        self._first = np.searchsorted(self._who, np.arange(len(crowd) + 1))
        self._board = _board(connection, crowd, timeline, found["home"].to_numpy())

    def at(self, place: int) -> Vector:
        """The addresses as of a date; to be asked date by date."""
        changed = self._board.turn(place)
        if len(changed):
            self._settle(np.unique(self._who[changed]))
        return self._address

    def _settle(self, who: Vector) -> None:
        """Choose anew for some customers."""
        first, counts = self._first[who], self._first[who + 1] - self._first[who]
        starts = np.cumsum(counts) - counts
        homes = np.repeat(first - starts, counts) + np.arange(counts.sum())
        orders = self._board["orders"][homes].astype(np.int64)
        days = self._board["last_day"][homes].astype(np.int64) + SHIFT
        standing = np.where(orders > 0, (orders << DAY_BITS) + days, -1)
        best = np.repeat(np.maximum.reduceat(standing, starts), counts)
        at = np.flatnonzero((standing == best) & (best > 0))
        self._address[who] = self._declared[who]
        self._address[self._who[homes[at[::-1]]]] = self._homes[homes[at[::-1]]]


def _board(
    connection: DuckDBPyConnection, crowd: Crowd, timeline: Timeline, homes: Vector
) -> Board:
    """Orders and the last purchase day by customer and store."""
    rows = cells.frame(
        connection,
        "SELECT h.home, t.orders, t.last_day, t.day, t.next_day, t.starts_on, t.ends_on"  # noqa: S608 numbers of ours
        " FROM home_totals AS t INNER JOIN home_keys AS h"
        " ON h.customer_key = t.customer_key AND h.store = t.cut"
        f" WHERE t.customer_key >= {crowd.low} AND t.customer_key < {crowd.high}",
    )
    held = held_on(rows, timeline)
    owner = np.searchsorted(homes, rows["home"].to_numpy())
    track = Track(owner, *held, len(timeline))
    columns = {
        "orders": rows["orders"].to_numpy(),
        "last_day": day_numbers(rows["last_day"]),
    }
    return Board(track, len(homes), columns, ("last_day",))
