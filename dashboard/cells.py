"""Lay out one set of windows and sum the customers into cells: at refresh for the dates
that a snapshot keeps, and on demand for any other window, date or crossing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import periods
from dashboard.question import Condition
from data.marts import sql
from data.settings import Settings

SCHEME = "spend"
UNKNOWN = "unknown"
SUMMED = {
    "occasions": "purchases",
    "request_marks": "requests",
    "answer_totals": "answers",
}
"""What cells are summed from, and the events behind it."""

ANSWERED = {name: source for name, source in SUMMED.items() if source != "purchases"}
PARTS = {"answer_cells": ("response_cells", "score_cells")}
"""Cells that are kept in fewer, wider rows than they are read in."""

KEYS = ("store", "region", "customer_type", "acquisition_channel", "tier")
CUBES = {
    "coarse": {"region", "customer_type", "acquisition_channel", "tier"},
    "store": {"store", "region"},
}
"""The cubes that a snapshot keeps, and the attributes that each tells apart."""

UNCUT = "SELECT m.*, m.first_day AS ever_since FROM members AS m"
HOMES = (
    "SELECT e.*, p.customer_key, n.code AS cut FROM purchases AS e"
    " INNER JOIN profiles AS p ON p.customer_id = e.customer_id"
    " INNER JOIN names AS n ON n.name = e.store_id"
    " WHERE p.declared_store IS NULL AND p.customer_key > 0"
)
"""Purchases by store of the customers without a declared one."""

BATCH_ROWS = 3_000_000
"""Customers times dates that are laid out at once, so that memory is bounded."""


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


def keep(connection: DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Make a kept table of a frame, in place of the one there was."""
    connection.register("incoming", rows)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM incoming")
    connection.unregister("incoming")


def append(connection: DuckDBPyConnection, mart: str) -> None:
    """Add a batch of cells to a kept mart."""
    text = sql(mart)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {mart} AS {text} LIMIT 0")
    connection.execute(f"INSERT INTO {mart} {text}")


def summed(connection: DuckDBPyConnection, mart: str) -> pl.DataFrame:
    """The cells of the windows laid out on a connection."""
    for part in PARTS.get(mart, ()):
        table(connection, part, sql(part))
    return frame(connection, sql(mart))


def lay_out(connection: DuckDBPyConnection, layout: Layout, settings: Settings) -> None:
    """Make what the cell marts read: windows, limits, customers' totals and cells."""
    days = sorted({span.as_of for span in layout.spans})
    put(connection, "as_of_dates", periods.dates_frame(days))
    put(connection, "periods", periods.periods_frame(layout.spans))
    put(connection, "tier_areas", periods.tier_frame(days, settings, SCHEME))
    put(connection, "horizons", periods.horizons_frame(days))
    put(connection, "wanted", _wanted(layout.where))
    put(connection, "cubes", cubes(crossed=layout.crossed))
    put(connection, "tier_steps", _tier_steps(layout, settings))
    for mart in ("steps", "day_places", "start_places"):
        table(connection, mart, sql(mart))
    _stand(connection, "home_standings", "home_totals")
    _stand(connection, "standings", "purchase_totals")
    for mart in ("year_starts", "homes", "addresses", "blocks", "first_cells"):
        table(connection, mart, sql(mart))
    table(connection, "cells", _chosen_cells(layout.where))
    table(connection, "residents", sql("residents"))
    table(connection, "members", sql("members"))
    view(connection, "named_keys", sql("named_keys"))
    view(connection, "day_spans", sql("day_spans"))
    _cut(connection, layout)


def batches(
    connection: DuckDBPyConnection, days: Sequence[date]
) -> Iterator[Sequence[date]]:
    """The dates, as many at once as memory allows to lay out."""
    customers = connection.table("profiles").aggregate("count(*)").fetchall()[0][0]
    size = max(1, BATCH_ROWS // max(1, customers))  # nobody may be left to count
    for start in range(0, len(days), size):
        yield days[start : start + size]


def total(connection: DuckDBPyConnection, kind: str) -> None:
    """Make running totals: of purchases by customer and home store, and of answers.

    `kind` is TABLE for those that are kept, TEMP TABLE for others.
    """
    view(connection, "cut_purchases", HOMES)
    table(connection, "cut_occasions", sql("occasions"))
    connection.execute(f"CREATE {kind} home_totals AS {sql('purchase_totals')}")
    connection.execute("DROP TABLE cut_occasions")
    for events, source in SUMMED.items():
        view(connection, f"cut_{source}", cut(source, None))
        connection.execute(f"CREATE {kind} {events} AS {sql(events)}")
    view(connection, "cut_occasions", "SELECT * FROM occasions")
    connection.execute(f"CREATE {kind} purchase_totals AS {sql('purchase_totals')}")
    connection.execute("DROP VIEW cut_occasions")
    connection.execute(f"CREATE {kind} total_days AS {sql('total_days')}")


def _stand(connection: DuckDBPyConnection, name: str, totals: str) -> None:
    view(connection, "cut_purchase_totals", f"SELECT * FROM {totals}")  # noqa: S608 our own names
    table(connection, name, sql("standings"))
    connection.execute("DROP VIEW cut_purchase_totals")


def _cut(connection: DuckDBPyConnection, layout: Layout) -> None:
    """Show purchases and answers as they are cut: by a column of theirs, or not."""
    bought, answered = layout.purchase_cut, layout.answer_cut
    if bought:
        view(connection, "cut_purchases", cut("purchases", bought))
        table(connection, "cut_occasions", sql("occasions"))
        table(connection, "cut_purchase_totals", sql("purchase_totals"))
        table(connection, "cut_standings", sql("standings"))
        table(connection, "cut_members", sql("cut_members"))
    else:
        view(connection, "cut_purchase_totals", "SELECT * FROM purchase_totals")
        view(connection, "cut_members", UNCUT)
    for events, source in ANSWERED.items():
        if answered:
            view(connection, f"cut_{source}", cut(source, answered))
            table(connection, f"cut_{events}", sql(events))
        else:
            view(connection, f"cut_{events}", f"SELECT * FROM {events}")  # noqa: S608 our own names


def cubes(*, crossed: bool = False) -> pl.DataFrame:
    """The cubes in order, with 1 for each attribute that one tells."""
    kept = {"crossed": set(KEYS)} if crossed else CUBES
    rows = [
        {"cube": cube, "number": place, **{key: int(key in told) for key in KEYS}}
        for place, (cube, told) in enumerate(kept.items(), 1)
    ]
    return pl.DataFrame(rows).cast({"number": pl.Int32})


def _tier_steps(layout: Layout, settings: Settings) -> pl.DataFrame:
    """The tiers and, per cube, how far a tier's cell is from the first of its block."""
    tiers = sorted({rule.name for rule in settings.tiers[SCHEME]} | {UNKNOWN})
    told = ["tier" in kept for kept in CUBES.values()]
    one, two = (True, False) if layout.crossed else told
    number = pl.int_range(len(tiers), dtype=pl.Int32)
    return pl.DataFrame({"tier": tiers}).with_columns(
        number.alias("number"),
        (number * int(one)).alias("step_one"),
        (number * int(two)).alias("step_two"),
    )


def _chosen_cells(where: Sequence[Condition]) -> str:
    chosen = " AND ".join(["TRUE", *map(_clause, range(len(where)), where)])
    return f"SELECT * FROM ({sql('cells')}) AS c WHERE {chosen}"  # noqa: S608 attributes are ours, values are rows of `wanted`


def _clause(place: int, condition: Condition) -> str:
    sign = "NOT IN" if condition.negate else "IN"
    values = f"SELECT w.value FROM wanted AS w WHERE w.place = {place}"  # noqa: S608 a number of ours
    return f"c.{condition.attribute} {sign} ({values})"


def cut(source: str, column: str | None) -> str:
    """Events of customers by number, told apart by one of their own columns or not."""
    value = "'*'" if column is None else f"COALESCE(e.{column}, 'unknown')"
    return (
        f"SELECT e.*, p.customer_key, n.code AS cut FROM {source} AS e"  # noqa: S608 our own names
        " INNER JOIN profiles AS p ON p.customer_id = e.customer_id"
        f" INNER JOIN names AS n ON n.name = {value}"
    )


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
