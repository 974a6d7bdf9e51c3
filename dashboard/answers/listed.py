"""Answers that need one row per answer or customer: drivers, scores, concentration."""

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.answers.counted import column
from dashboard.answers.view import View
from dashboard.cells import frame
from data.errors import UsageError
from data.marts import sql
from data.schemas.cells import Answers, CustomerRevenue
from metrics.concentration import concentration, lorenz
from metrics.drivers import satisfaction_drivers
from metrics.scores import score_distribution


def rows(view: View, mart: str) -> pl.DataFrame:
    """One row per answer or customer of a view, with the customers' attributes."""
    layout = cells.Layout(view.spans, where=view.where, crossed=True)

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        return frame(cursor, sql(mart))

    key = (mart, view.spans, view.where)
    reader = view.reader
    return reader.remember(key, lambda: reader.laid_out(layout, ask))


def drivers(view: View) -> pl.DataFrame:
    """What moves the score, from the complete answers of the window."""
    return satisfaction_drivers(
        Answers.validate(rows(view, "window_answers").lazy()),
        confidence=view.reader.settings.confidence,
    )


def scores(view: View) -> pl.DataFrame:
    """How many answered each score."""
    return score_distribution(
        rows(view, "window_answers"), confidence=view.reader.settings.confidence
    )


def concentrated(view: View) -> pl.DataFrame:
    """The share of the largest customers."""
    top = percent(view.options.get("top", "5"))
    return concentration(
        CustomerRevenue.validate(rows(view, "window_spending").lazy()),
        top=top,
        by=column(view.by),
    )


def curve(view: View) -> pl.DataFrame:
    """The revenue of the smallest customers, from none of them to all."""
    spent = rows(view, "window_spending").lazy()
    return lorenz(CustomerRevenue.validate(spent))


def percent(text: str) -> int:
    """A whole number of percent."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100:
        raise UsageError(f"--top {text}: a whole number from 1 to 100 is needed")
    return int(text)
