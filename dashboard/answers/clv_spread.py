"""Answers about how lifetime value is spread, as of the last day."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.answers.people import chosen
from dashboard.answers.valued import why_not
from dashboard.answers.view import View, offered
from data.errors import UsageError
from metrics.clv_spread import clv_cohorts, clv_distribution

NONE = "no data"
CLV = """
SELECT s.clv, c.first_day FROM current_customers AS c
INNER JOIN health_scores AS s ON s.customer_key = c.customer_key
WHERE s.clv IS NOT NULL AND {clauses}
"""


def spread(view: View) -> pl.DataFrame:
    """Customers by range of their lifetime value."""
    return _told(view, clv_distribution(_customers(view)))


def cohorts(view: View) -> pl.DataFrame:
    """Mean lifetime value by month of the first purchase."""
    confidence = view.reader.settings.confidence
    return _told(view, clv_cohorts(_customers(view), confidence=confidence))


def _customers(view: View) -> pl.DataFrame:
    if view.as_of != offered(view.reader)[-1]:
        name = view.metric.name
        raise UsageError(f"{name} is told as of the last day; leave --as-of out")
    clauses, values = chosen("c", view.where)
    with view.reader.snapshot.cursor() as cursor:
        return cursor.sql(CLV.format(clauses=clauses), params=values).pl()


def _told(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, or one that says why there is none."""
    if rows.is_empty():
        reason = why_not(view)
        schema = pl.Schema({**rows.schema, "reason": pl.String()})
        return pl.DataFrame([{"reason": reason or NONE}], schema=schema)
    return rows.with_columns(pl.lit(None, pl.String).alias("reason"))


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "clv_distribution": spread,
    "clv_cohorts": cohorts,
}
