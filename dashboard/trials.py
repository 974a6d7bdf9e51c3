"""What campaigns came to: their members, cells and days, made anew at every refresh.

Members may be added, and outcomes change, on any day of a running campaign, and the
tables grow with the members of campaigns, not with all customers.
"""

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from data.marts import sql

STEPS = (
    "campaign_starts",
    "campaign_spending",
    "campaign_scores",
    "campaign_touches",
)
KEPT = {
    "campaign_entries": "campaign_id, arm, customer_id",
    "campaign_cells": (
        "campaign_id, arm, region, customer_type, acquisition_channel, tier"
    ),
    "campaign_days": "campaign_id, arm, day",
}
"""Tables of a snapshot, in the order of their rows: one campaign's lie together."""


def keep(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make the tables of campaigns anew, as of the snapshot's last day."""
    cells.put(connection, "campaign_last_day", pl.DataFrame({"as_of": [as_of]}))
    _replace(connection, "campaign_plans", "campaign_id")
    for mart in STEPS:
        cells.table(connection, mart, sql(mart))
    for mart, order in KEPT.items():
        _replace(connection, mart, order)
    for mart in STEPS:
        connection.execute(f"DROP TABLE {mart}")


def _replace(connection: DuckDBPyConnection, mart: str, order: str) -> None:
    text = f"{sql(mart)} ORDER BY {order}"
    connection.execute(f"CREATE OR REPLACE TABLE {mart} AS {text}")
