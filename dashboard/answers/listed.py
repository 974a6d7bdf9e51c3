"""Answers that need one row per answer or customer: drivers, scores, concentration."""

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.answers.counted import column
from dashboard.answers.view import View
from dashboard.cells import frame
from data.errors import UsageError
from data.schemas.cells import Answers, CustomerRevenue
from metrics.concentration import concentration
from metrics.drivers import satisfaction_drivers
from metrics.scores import score_distribution

KEYS = "k.store, k.region, k.customer_type, k.acquisition_channel, k.tier"

ANSWERS = f"""
SELECT a.*, s.as_of, {KEYS}
FROM periods AS s
CROSS JOIN answers AS a
INNER JOIN named_keys AS k ON k.as_of = s.as_of AND k.customer_id = a.customer_id
WHERE a.known_on > s.starts_after AND a.known_on <= s.as_of
ORDER BY a.response_id
"""  # noqa: S608 our own columns

SPENDING = f"""
SELECT
    s.as_of, k.customer_id, {KEYS},
    CAST(SUM(o.revenue) AS DECIMAL(38, 4)) AS revenue
FROM periods AS s
CROSS JOIN occasions AS o
INNER JOIN named_keys AS k ON k.as_of = s.as_of AND k.customer_key = o.customer_key
WHERE
    o.day > s.starts_after AND o.day <= s.as_of
    AND o.valid_from <= s.as_of AND o.valid_to > s.as_of
GROUP BY s.as_of, k.customer_id, {KEYS}
HAVING SUM(o.days) > 0 AND k.customer_id <> ''
ORDER BY k.customer_id
"""  # noqa: S608 our own columns


def rows(view: View, query: str) -> pl.DataFrame:
    """One row per answer or customer of a view, with the customers' attributes."""
    layout = cells.Layout(view.spans, where=view.where, crossed=True)

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        return frame(cursor, query)

    key = (query, view.spans, view.where)
    reader = view.reader
    return reader.remember(key, lambda: reader.laid_out(layout, ask))


def drivers(view: View) -> pl.DataFrame:
    """What moves the score, from the complete answers of the window."""
    return satisfaction_drivers(
        Answers.validate(rows(view, ANSWERS).lazy()),
        confidence=view.reader.settings.confidence,
    )


def scores(view: View) -> pl.DataFrame:
    """How many answered each score."""
    return score_distribution(
        rows(view, ANSWERS), confidence=view.reader.settings.confidence
    )


def concentrated(view: View) -> pl.DataFrame:
    """The share of the largest customers."""
    top = percent(view.options.get("top", "5"))
    return concentration(
        CustomerRevenue.validate(rows(view, SPENDING).lazy()),
        top=top,
        by=column(view.by),
    )


def percent(text: str) -> int:
    """A whole number of percent."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100:
        raise UsageError(f"--top {text}: a whole number from 1 to 100 is needed")
    return int(text)
