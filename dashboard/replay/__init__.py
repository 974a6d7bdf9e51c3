"""The cells that a snapshot keeps, summed for all its as-of dates in one replay.

What the texts in `data/marts` say of any window of any date, this sums for the standard
windows of many dates at once: totals are written over vectors with one entry per
customer, from one date to the next. Both come to the same cells, and a test holds them
together. Customers are taken so many at a time, so that memory is bounded.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from dashboard.replay import gathered
from dashboard.replay.answers import Requests, Scores
from dashboard.replay.crowd import Crowd, ranges
from dashboard.replay.laid import lay_out
from dashboard.replay.placing import Placing, tier_names
from dashboard.replay.purchases import Books, Purchases
from dashboard.replay.tallies import Cubes, Tally
from dashboard.replay.timeline import Timeline
from data.settings import Settings

__all__ = ("KEPT", "count", "lay_out")

KEPT = tuple(gathered.TOLD)
"""The cells that a replay sums."""


def count(
    connection: DuckDBPyConnection,
    settings: Settings,
    days: Sequence[date],
    prefix: str = "",
) -> None:
    """Add the cells of some dates to the kept ones, or to tables of another prefix."""
    cubes = gathered.lay_ground(connection, tier_names(settings))
    timeline, found = Timeline.of(days), gathered.tallies()
    gathered.put_by(connection, found)  # also where there is nobody
    for low, high in ranges(connection):
        crowd = Crowd.between(connection, low, high)
        told = _tellers(connection, crowd, timeline, found)
        placing = Placing(connection, crowd, timeline, settings)
        _replay(told, placing, timeline, cubes)
        gathered.put_by(connection, found)
    gathered.keep(connection, timeline, prefix)


def _tellers(
    connection: DuckDBPyConnection,
    crowd: Crowd,
    timeline: Timeline,
    found: Mapping[str, Tally],
) -> tuple[Purchases, Requests, Scores]:
    bought, again = found["purchase_cells"], found["repurchase_cells"]
    books = Books.read(connection, crowd, timeline)
    return (
        Purchases(books, timeline, bought, again),
        Requests(connection, crowd, timeline, found["response_cells"]),
        Scores(connection, crowd, timeline, found["score_cells"]),
    )


def _replay(
    told: tuple[Purchases, Requests, Scores],
    placing: Placing,
    timeline: Timeline,
    cubes: Cubes,
) -> None:
    """Sum some customers, date by date."""
    for place in range(len(timeline)):
        for each in told:
            each.turn(place)
        cell = placing.at(place, told[0].books)
        for each in told:
            each.tell(place, cell, cubes)
