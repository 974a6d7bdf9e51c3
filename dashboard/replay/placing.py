"""In which cell each customer is as of a date: its attributes and its tier."""

from __future__ import annotations

import numpy as np
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from dashboard.replay.crowd import Crowd
from dashboard.replay.homes import Homes
from dashboard.replay.purchases import Books
from dashboard.replay.timeline import NEVER, Timeline
from dashboard.replay.tracks import Vector
from data.settings import Settings
from metrics.tier_rules import Standing, tier_codes

YEAR = str(periods.YEAR)


def tier_names(settings: Settings) -> list[str]:
    """The tiers by number; the last is that of a customer without a purchase."""
    return [*(rule.name for rule in settings.tiers[cells.SCHEME]), cells.UNKNOWN]


class Placing:
    """In which cell each customer is: a number made of its address and its tier."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        crowd: Crowd,
        timeline: Timeline,
        settings: Settings,
    ) -> None:
        self._timeline, self._size = timeline, len(crowd)
        self._homes = Homes(connection, crowd, timeline)
        self._rules, self._rfm = settings.tiers[cells.SCHEME], settings.rfm

    def at(self, place: int, books: Books) -> Vector:
        """The cells as of a date; to be asked date by date."""
        now, day = books.now, int(self._timeline.as_of[place])
        tier = np.full(self._size, len(self._rules), np.int64)
        some = np.flatnonzero(now["last_day"] > NEVER)
        standing = Standing(
            day - now["last_day"][some].astype(np.int64),
            books.since(YEAR, "revenue", some),
            now["orders"][some].astype(np.int64),
            now["revenue"][some],
        )
        tier[some] = tier_codes(standing, self._rules, self._rfm)
        return self._homes.at(place) * (len(self._rules) + 1) + tier
