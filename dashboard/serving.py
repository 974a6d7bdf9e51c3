"""What serving each customer has cost: kept by day, told as of a date."""

from datetime import date, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from data.marts import sql
from data.settings import Settings

TABLE = "serving_costs"
MONEY = pl.Decimal(18, 4)
OF_DATE = """
SELECT
    customer_key,
    CAST(SUM(cost) AS DOUBLE) AS cost,
    CAST(SUM(CASE WHEN day > DATE '{start}' THEN cost ELSE 0 END) AS DOUBLE)
        AS cost_of_year
FROM serving_costs WHERE day <= DATE '{as_of}' GROUP BY customer_key
"""
FIRST_CHANGE = """
WITH was AS (
    SELECT day, COUNT(*), SUM(hash(customer_key, cost)) FROM costs_before GROUP BY day
),
now AS (
    SELECT day, COUNT(*), SUM(hash(customer_key, cost)) FROM serving_costs GROUP BY day
)
SELECT MIN(day)
FROM ((FROM was EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM was))
"""


def build(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Keep what every customer cost on each day, by the unit costs of the settings."""
    rates = settings.serving.rates
    kinds = pl.Series("kind", [*rates], pl.String)
    costs = pl.Series("cost", [*rates.values()], MONEY)
    cells.put(connection, "serving_rates", pl.DataFrame([kinds, costs]))
    cells.put(connection, "campaign_shares", _shares(connection, settings))
    ordered = f"{sql(TABLE)} ORDER BY day, customer_key"
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS {ordered}")


def renew(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Keep the costs anew; models of dates with other costs are forgotten.

    They are fitted again with what is missing.
    """
    cells.table(connection, "costs_before", f"FROM {TABLE}")
    build(connection, settings)
    first: date | None = connection.execute(FIRST_CHANGE).fetchall()[0][0]
    for name in ("clv_models", "value_cells") if first else ():
        text = f"DELETE FROM {name} WHERE as_of >= $first"  # noqa: S608 our own names
        connection.execute(text, {"first": first})


def beside(
    customers: pl.DataFrame, connection: DuckDBPyConnection, as_of: date
) -> pl.DataFrame:
    """The customers, with what each has cost to date and in the trailing year."""
    days = {"as_of": as_of, "start": as_of - timedelta(periods.YEAR)}
    found = cells.frame(connection, OF_DATE.format(**days))
    if found.is_empty():
        nothing = pl.lit(0.0)
        return customers.with_columns(cost=nothing, cost_of_year=nothing)
    known = customers.join(found, on="customer_key", how="left", maintain_order="left")
    return known.with_columns(pl.col("cost", "cost_of_year").fill_null(0.0))


def _shares(connection: DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """What campaigns cost per customer that they reached; none unless asked for."""
    reach = cells.frame(connection, sql("campaign_reach"))
    share = pl.col("cost").cast(pl.Float64) / pl.col("customers")
    shares = reach.select("campaign_id", "ends_on", share=share.round(4).cast(MONEY))
    return shares if settings.serving.share_campaign_cost else shares.clear()
