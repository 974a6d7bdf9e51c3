"""Customers laid out on some as-of dates, a row each, out of a replay.

The same tables as `cells.lay_out` makes of everybody, for those who read every customer
of a date: models, scores, lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from dashboard.replay.crowd import Crowd, ranges
from dashboard.replay.gathered import NAMED, lay_ground
from dashboard.replay.placing import Placing, tier_names
from dashboard.replay.purchases import DATED, WHOLE, Books
from dashboard.replay.tallies import Cubes
from dashboard.replay.timeline import NEVER, Timeline
from dashboard.replay.tracks import Vector
from data.marts import sql
from data.settings import Settings

YEAR = str(periods.YEAR)
COUNTS = ("days", "orders")
LAID = {"members": "replay_members", "year_starts": "replay_year_starts"}
"""What is made of the rows of a replay, and by which text."""


def lay_out(
    connection: DuckDBPyConnection, settings: Settings, days: Sequence[date]
) -> None:
    """Make `members`, `year_starts`, `residents`, `cells` and `as_of_dates`."""
    tiers = tier_names(settings)
    cubes = lay_ground(connection, tiers)
    timeline = Timeline.of(days, (YEAR,))
    cells.put(connection, "as_of_dates", periods.dates_frame(timeline.days))
    named = ", ".join(NAMED)
    cells.table(connection, "cells", f"SELECT cell, {named} FROM replay_cells")  # noqa: S608 our own names
    for name in (*LAID, "residents"):
        connection.execute(f"DROP TABLE IF EXISTS temp.main.{name}")
    for low, high in ranges(connection):
        crowd = Crowd.between(connection, low, high)
        residents = _residents(crowd, cubes, len(tiers))
        _add(connection, residents, {"residents": "FROM replayed"})
        books = Books.read(connection, crowd, timeline)
        placing = Placing(connection, crowd, timeline, settings)
        texts = {name: sql(mart) for name, mart in LAID.items()}
        for place in range(len(timeline)):
            books.turn(place)
            told = _told(place, crowd, books, placing.at(place, books), cubes)
            _add(connection, told, texts)


def _add(
    connection: DuckDBPyConnection, rows: pl.DataFrame, texts: Mapping[str, str]
) -> None:
    """Add what some texts make of rows to temporary tables."""
    connection.register("replayed", rows)
    for name, text in texts.items():
        made = f"CREATE TEMP TABLE IF NOT EXISTS {name} AS {text} LIMIT 0"
        connection.execute(made)
        connection.execute(f"INSERT INTO {name} {text}")
    connection.unregister("replayed")


def _told(
    place: int, crowd: Crowd, books: Books, cell: Vector, cubes: Cubes
) -> pl.DataFrame:
    """The customers with any purchase as of a date: totals, days and cells."""
    some = np.flatnonzero(books.now["day"] > NEVER)
    one, two = (each[cell[some]] for each in cubes.belongs)
    year = books.before[YEAR]
    rows = pl.DataFrame(
        {
            "place": np.full(len(some), place, np.int32),
            "customer_key": crowd.keys[some],
            **{name: books.now[name][some] for name in (*COUNTS, *WHOLE, *DATED)},
            "days_before": year["days"][some],
            "revenue_before": year["revenue"][some],
            "cell_one": one.astype(np.int32),
            "cell_two": two.astype(np.int32),
        }
    )
    bought = pl.col("days") > 0
    return rows.with_columns(
        pl.col(DATED).replace(NEVER, None).cast(pl.Date),
        pl.when(bought).then("repeat_revenue").alias("repeat_revenue"),
    )


def _residents(crowd: Crowd, cubes: Cubes, tiers: int) -> pl.DataFrame:
    """The cells of customers by what is declared, without a tier."""
    idle = crowd.address * tiers + tiers - 1
    one, two = (each[idle].astype(np.int32) for each in cubes.belongs)
    columns = {"one": one, "two": two, "idle_one": one, "idle_two": two}
    return pl.DataFrame({"customer_key": crowd.keys, **columns})
