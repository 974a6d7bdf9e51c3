"""Lay out one set of windows and sum the customers into cells: at refresh for the dates
that a snapshot keeps, and on demand for any other window, date or crossing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import periods
from dashboard.question import Condition
from data.marts import sql
from data.settings import Settings

SCHEME = "spend"
SUMMED = {
    "occasions": "purchases",
    "request_marks": "requests",
    "answer_totals": "answers",
}
"""What cells are summed from, and the events behind it."""

PARTS = {"answer_cells": ("response_cells", "score_cells")}
"""Cells that are kept in fewer, wider rows than they are read in."""

KEYS = ("store", "region", "customer_type", "acquisition_channel", "tier")


@dataclass(frozen=True)
class Layout:
    """Which windows to sum over, how purchases and answers are cut, and for whom."""

    spans: Sequence[periods.Span]
    purchase_cut: str | None = None
    answer_cut: str | None = None
    where: tuple[Condition, ...] = ()
    crossed: bool = False


def frame(cursor: DuckDBPyConnection, query: str) -> pl.DataFrame:
    """The rows of a query as a frame."""
    found: pl.DataFrame = cursor.sql(query).pl()
    return found


def table(connection: DuckDBPyConnection, name: str, text: str) -> None:
    """Make a temporary table of a query; names are ours, never a user's."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")


def view(connection: DuckDBPyConnection, name: str, text: str) -> None:
    """Make a temporary view of a query."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {text}")


def put(connection: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make a temporary table of a small frame."""
    connection.register("incoming", frame)
    table(connection, name, "SELECT * FROM incoming")
    connection.unregister("incoming")


def append(connection: DuckDBPyConnection, mart: str) -> None:
    """Add a batch of cells to a kept mart; the first batch makes it."""
    text = sql(mart)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {mart} AS {text} LIMIT 0")
    connection.execute(f"INSERT INTO {mart} {text}")


def summed(connection: DuckDBPyConnection, mart: str) -> pl.DataFrame:
    """The cells of the windows laid out on a connection."""
    for part in PARTS.get(mart, ()):
        table(connection, part, sql(part))
    return frame(connection, sql(mart))


def lay_out(connection: DuckDBPyConnection, layout: Layout, settings: Settings) -> None:
    """Make what the cell marts read: windows, limits, customers' states, cuts."""
    days = sorted({span.as_of for span in layout.spans})
    put(connection, "as_of_dates", periods.dates_frame(days))
    put(connection, "periods", periods.periods_frame(layout.spans))
    put(connection, "tier_areas", periods.tier_frame(days, settings, SCHEME))
    put(connection, "horizons", periods.horizons_frame())
    put(connection, "wanted", _wanted(layout.where))
    _total(connection, days)
    table(connection, "customer_states", sql("customer_states"))
    table(connection, "day_spans", sql("day_spans"))
    view(connection, "cell_keys", _keys(layout))
    table(connection, "cells", sql("cells"))
    table(connection, "cell_members", sql("cell_members"))
    view(connection, "named_keys", sql("named_keys"))
    _cut(connection, layout)


def keep_totals(connection: DuckDBPyConnection, days: Sequence[date]) -> None:
    """Keep the running totals of purchases, as they look on some dates."""
    put(connection, "as_of_dates", periods.dates_frame(days))
    connection.execute("CREATE TABLE kept_dates AS SELECT as_of FROM as_of_dates")
    view(connection, "cut_occasions", "SELECT * FROM occasions")
    connection.execute(f"CREATE TABLE kept_totals AS {sql('purchase_totals')}")


def _total(connection: DuckDBPyConnection, days: Sequence[date]) -> None:
    kept = connection.execute("SELECT as_of FROM kept_dates").fetchall()
    if {day for (day,) in kept} >= set(days):
        view(connection, "purchase_totals", "SELECT * FROM kept_totals")
        return
    view(connection, "cut_occasions", "SELECT * FROM occasions")
    table(connection, "purchase_totals", sql("purchase_totals"))
    connection.execute("DROP VIEW cut_occasions")


def _cut(connection: DuckDBPyConnection, layout: Layout) -> None:
    for events, source in SUMMED.items():
        bought = source == "purchases"
        column = layout.purchase_cut if bought else layout.answer_cut
        if column:
            view(connection, f"cut_{source}", cut(source, column))
        _as_cut(connection, events, cut=column is not None)
    _as_cut(connection, "purchase_totals", cut=layout.purchase_cut is not None)


def _as_cut(connection: DuckDBPyConnection, events: str, *, cut: bool) -> None:
    if cut:
        table(connection, f"cut_{events}", sql(events))
    else:
        view(connection, f"cut_{events}", f"SELECT * FROM {events}")  # noqa: S608 our own names


def cut(source: str, column: str | None) -> str:
    """Events of customers by number, told apart by one of their own columns or not."""
    value = "'*'" if column is None else f"COALESCE(e.{column}, 'unknown')"
    return (
        f"SELECT e.*, p.customer_key, n.code AS cut FROM {source} AS e"  # noqa: S608 our own names
        " INNER JOIN profiles AS p ON p.customer_id = e.customer_id"
        f" INNER JOIN names AS n ON n.name = {value}"
    )


def _keys(layout: Layout) -> str:
    if not layout.crossed:
        return sql("cell_keys")
    chosen = " AND ".join(
        ["TRUE", *map(_clause, range(len(layout.where)), layout.where)]
    )
    return (
        "SELECT 'crossed' AS cube, s.as_of, s.customer_key, s.first_day, s.second_day,"  # noqa: S608 attributes are ours, values are rows of `wanted`
        " s.store, s.region, s.customer_type, s.acquisition_channel, s.tier"
        f" FROM customer_states AS s WHERE {chosen}"
    )


def _clause(place: int, condition: Condition) -> str:
    sign = "NOT IN" if condition.negate else "IN"
    values = (
        "SELECT n.code FROM names AS n INNER JOIN wanted AS w ON w.value = n.name"  # noqa: S608 a number of ours
        f" WHERE w.place = {place}"
    )
    return f"s.{condition.attribute} {sign} ({values})"


def _wanted(where: Sequence[Condition]) -> pl.DataFrame:
    rows = [(place, text) for place, each in enumerate(where) for text in each.values]
    schema = {"place": pl.Int64, "value": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def matching(cells: pl.DataFrame, where: Iterable[Condition]) -> pl.DataFrame:
    """The cells of the customers that meet every condition."""
    kept = [_expression(each) for each in where]
    return cells.filter(*kept) if kept else cells


def _expression(condition: Condition) -> pl.Expr:
    inside = pl.col(condition.attribute).is_in(list(condition.values))
    return ~inside if condition.negate else inside
