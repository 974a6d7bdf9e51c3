"""What the loyalty programme came to: accounts, points by month, members and others.

Made anew at every refresh: one pass over the points ledger, at the cost of its entries.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from dashboard.tier_queries import HELD, literal
from data.marts import sql

KEPT = {
    "points_accounts": "customer_id",
    "points_due": "month, customer_id",
    "programme_cells": "cube, kind, month, store, region, tier",
    "member_cells": "cube, store, region, tier",
    "member_peers": "region, customer_type, acquisition_channel, tier",
}
"""Tables of a snapshot, in the order of their rows."""


def keep(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make the tables of the programme anew, as of the last date, which is laid out.

    The tiers of a year before are those of the last month end up to then.
    """
    lay_out(connection, as_of)
    before = month_end_before(as_of - timedelta(days=periods.YEAR))
    held = HELD.format(scheme=literal(cells.SCHEME), day=before)
    cells.table(connection, "held_then", held)
    for mart, order in KEPT.items():
        text = f"{sql(mart)} ORDER BY {order}"
        connection.execute(f"CREATE OR REPLACE TABLE {mart} AS {text}")
    connection.execute("DROP TABLE held_then")


def lay_out(connection: DuckDBPyConnection, as_of: date) -> None:
    """Lay out the last day, and every customer's cells, on which the marts stand."""
    start = as_of - timedelta(days=periods.YEAR)
    day = pl.DataFrame({"as_of": [as_of], "year_start": [start]})
    cells.put(connection, "programme_day", day)
    cells.table(connection, "customer_cells", sql("customer_cells"))


def month_end_before(day: date) -> date:
    """The last month end that is not after a day."""
    end = periods.month_end(day)
    return day if end == day else day.replace(day=1) - timedelta(days=1)
