"""The heavy pass of a refresh: from accepted rows to the cells that pages sum."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods, values
from data.marts import sql
from data.settings import Settings

BATCH = 12
EVENTS = ("purchases", "profiles", "answer_values", "answers", "goals")
COUNTED = ("purchase_cells", "repurchase_cells", "answer_cells")


def build(connection: DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Fill an empty marts file from the input views on the same connection.

    Order: events, cells per as-of date in batches (bounded memory), customer values.
    """
    _rules(connection, settings)
    for mart in EVENTS:
        connection.execute(f"CREATE TABLE {mart} AS {sql(mart)}")
    cells.view(connection, "cut_purchases", cells.cut("purchases", None))
    connection.execute(f"CREATE TABLE occasions AS {sql('occasions')}")
    _store_regions(connection)
    first = first_day(connection) or as_of
    for days in _batches(periods.kept(first, as_of)):
        _count(connection, settings, days)
    _last_states(connection, as_of)
    values.build(connection, settings, values.dates(first, as_of))


def first_day(connection: DuckDBPyConnection) -> date | None:
    """The first day with a purchase, else the first day of an answer."""
    rows = connection.execute(
        "SELECT COALESCE((SELECT MIN(day) FROM purchases),"
        " (SELECT MIN(counted_on) FROM answer_values))"
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


def _store_regions(connection: DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE store_regions AS SELECT s.store_id, s.region, s.name"
        " FROM stores AS s WHERE s.store_id IS NOT NULL"
    )


def _last_states(connection: DuckDBPyConnection, as_of: date) -> None:
    connection.execute(
        "CREATE TABLE last_states AS SELECT * FROM customer_states WHERE as_of = ?",
        [as_of],
    )


def _batches(days: Sequence[date]) -> Iterator[Sequence[date]]:
    for start in range(0, len(days), BATCH):
        yield days[start : start + BATCH]


def _count(
    connection: DuckDBPyConnection, settings: Settings, days: Sequence[date]
) -> None:
    spans = [periods.span(day, period) for day in days for period in periods.STANDARD]
    cells.lay_out(connection, cells.Layout(spans), settings)
    for mart in COUNTED:
        cells.append(connection, mart)
