"""The heavy pass of a refresh: from accepted rows to the cells that pages sum."""

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import (
    appraisals,
    backtests,
    cells,
    periods,
    programme,
    replay,
    serving,
    stages,
    ticket_times,
    tierings,
    trials,
    values,
    visit_duties,
)
from data.marts import sql
from data.settings import Settings
from data.tiers import names

EVENTS = ("purchases", "profiles", "answers", "requests")


def build(connection: DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Fill an empty marts file from the input views on the same connection.

    Order: events, cells of all as-of dates, tiers, customers as they are now, the
    forecast's track record, values and scores, campaigns, tickets.
    """
    lay_ground(connection, settings)
    make_events(connection)
    serving.build(connection, settings)
    first = first_day(connection) or as_of
    replay.count(connection, settings, periods.kept(first, as_of))
    tierings.build(connection, settings, periods.month_ends(first, as_of))
    keep_last_day(connection, settings, first, as_of)
    programme.keep(connection, as_of)
    stages.keep(connection, first, as_of)
    valued = values.dates(first, as_of)
    appraisals.build(connection, settings, valued, valued)
    trials.keep(connection, as_of)
    ticket_times.keep(connection, settings, as_of)
    visit_duties.keep(connection, settings, as_of)
    for mart in cells.PARTS:
        connection.execute(f"CREATE VIEW {mart} AS {sql(mart)}")


def lay_ground(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Make what is not about customers: rules, stores, targets, tiers."""
    _rules(connection, settings)
    connection.execute(f"CREATE OR REPLACE TABLE goals AS {sql('goals')}")
    connection.execute(
        "CREATE OR REPLACE TABLE store_regions AS SELECT s.store_id, s.region, s.name"
        " FROM stores AS s WHERE s.store_id IS NOT NULL"
    )
    cells.put(connection, "tier_names", _tier_names(settings))


def make_events(connection: DuckDBPyConnection) -> None:
    """Keep what customers did, out of the input tables."""
    for mart in EVENTS:
        connection.execute(f"CREATE TABLE {mart} AS {sql(mart)}")
    connection.execute(f"CREATE TABLE names AS {sql('names')}")
    connection.execute(f"CREATE TABLE declared AS {sql('declared')}")
    cells.total(connection, "TABLE")


def keep_last_day(
    connection: DuckDBPyConnection, settings: Settings, first: date, as_of: date
) -> None:
    """Keep what each customer is on the last day, and the forecast's track record."""
    size = backtests.length(first, as_of, settings.clv.horizon_days)
    replay.lay_out(connection, settings, backtests.days(as_of, size))
    customers = f"{sql('current_customers')} ORDER BY customer_key"
    connection.execute(f"CREATE OR REPLACE TABLE current_customers AS {customers}")
    cohorts = f"{sql('cohort_cells')} ORDER BY cube, store, region, tier"
    connection.execute(f"CREATE OR REPLACE TABLE cohort_cells AS {cohorts}")
    gaps = f"{sql('interval_cells')} ORDER BY cube, store, region, tier"
    connection.execute(f"CREATE OR REPLACE TABLE interval_cells AS {gaps}")
    backtests.keep(connection, settings, as_of, size)


def first_day(connection: DuckDBPyConnection) -> date | None:
    """The first day with a purchase, else the first day of an answer."""
    rows = connection.execute(
        "SELECT COALESCE((SELECT MIN(day) FROM purchases),"
        " (SELECT LEAST(MIN(counted_on), MIN(known_on)) FROM requests))"
    ).fetchall()
    day: date | None = rows[0][0]
    return day


def _rules(connection: DuckDBPyConnection, settings: Settings) -> None:
    rules = pl.DataFrame(
        {
            "margin_rate": pl.Series([settings.margin_rate]).cast(pl.Decimal(18, 6)),
            "count_free_orders": [int(settings.count_free_orders)],
        }
    )
    cells.put(connection, "purchase_rules", rules)


def _tier_names(settings: Settings) -> pl.DataFrame:
    return pl.DataFrame({"tier": names(settings.tiers)}, schema={"tier": pl.String})
