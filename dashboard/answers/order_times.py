"""Answers about when and through which channels customers buy, out of the orders."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from pandera.typing.polars import LazyFrame

from dashboard import periods
from dashboard.answers.people import chosen
from dashboard.answers.view import View
from dashboard.tier_queries import lay_people
from data.schemas.person import TimedOrders
from metrics.order_times import order_channels, time_pattern

NONE = "no data"
ORDERS = """
WITH told AS (
    SELECT
        o.customer_id, o.ordered_weekday AS weekday, o.ordered_hour AS hour,
        COALESCE(o.channel, 'unknown') AS channel, o.amount,
        o.amount - CASE
            WHEN COALESCE(o.refunded_on, o.ordered_on) <= $as_of THEN o.refund ELSE 0
        END AS net
    FROM read_parquet($paths, union_by_name = true) AS o
    WHERE
        o.status = 'completed' AND o.ordered_on > $start AND o.ordered_on <= $as_of
)
SELECT
    t.weekday, t.hour, t.channel, COUNT(*) AS orders,
    CAST(SUM(t.net) AS DOUBLE) AS revenue
FROM told AS t {people}
WHERE (t.net > 0 OR (t.amount = 0 AND $free)) AND {clauses}
GROUP BY t.weekday, t.hour, t.channel
"""
PEOPLE = "INNER JOIN people AS p ON p.customer_id = t.customer_id"


def pattern(view: View) -> pl.DataFrame:
    """Purchases by weekday and hour."""
    orders = _orders(view)
    told = time_pattern(orders)
    none = None if told["orders"].sum() else NONE
    return told.with_columns(pl.lit(none, pl.String).alias("reason"))


def channels(view: View) -> pl.DataFrame:
    """Purchases and revenue by sales channel."""
    told = order_channels(_orders(view), offline=view.reader.settings.offline_channels)
    if told.is_empty():
        schema = pl.Schema({**told.schema, "reason": pl.String()})
        return pl.DataFrame([{"reason": NONE}], schema=schema)
    return told.with_columns(pl.lit(None, pl.String).alias("reason"))


def _orders(view: View) -> LazyFrame[TimedOrders]:
    """The purchases of the window, of the customers in view; asked for once."""
    key = ("order times", view.as_of, view.period, view.where)
    found = view.reader.remember(key, lambda: _read(view))
    return TimedOrders.validate(found.lazy())


def _read(view: View) -> pl.DataFrame:
    clauses, values = chosen("p", view.where)
    text = ORDERS.format(people=PEOPLE if view.where else "", clauses=clauses)
    given = {
        "paths": view.reader.snapshot.parts("orders"),
        "as_of": view.as_of,
        "start": periods.span(view.as_of, view.period).starts_after,
        "free": view.reader.settings.count_free_orders,
        **values,
    }
    with view.reader.snapshot.cursor() as cursor:
        if view.where:
            lay_people(view.reader, cursor, view.as_of)
        return cursor.execute(text, given).pl()


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "time_pattern": pattern,
    "order_channels": channels,
}
