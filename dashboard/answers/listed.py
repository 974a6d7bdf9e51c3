"""Answers that need one row per answer or customer: drivers, scores, concentration."""

import polars as pl

from dashboard import cells, periods
from dashboard.answers.counted import column
from dashboard.answers.people import chosen
from dashboard.answers.view import View, offered
from dashboard.cells import frame
from data.errors import UsageError
from data.marts import sql
from data.schemas.cells import Answers, CustomerRevenue
from metrics.concentration import concentration, lorenz
from metrics.drivers import satisfaction_drivers
from metrics.scores import score_distribution

NOW = {
    "window_answers": ("current_answers", periods.STANDARD),
    "window_spending": ("current_spending", (str(periods.YEAR), "all")),
}
"""What is read of the last day's customers as they are kept, over which windows."""


def rows(view: View, mart: str) -> pl.DataFrame:
    """One row per answer or customer of a view, with the customers' attributes."""
    key = (mart, view.spans, view.where)
    return view.reader.remember(key, lambda: _read(view, mart))


def _read(view: View, mart: str) -> pl.DataFrame:
    now, kept = NOW[mart]
    today = all(span.as_of == offered(view.reader)[-1] for span in view.spans)
    if today and view.period in kept:
        return _of_today(view, now)
    layout = cells.Layout(view.spans, where=view.where, crossed=True)
    return view.reader.laid_out(layout, lambda cursor: frame(cursor, sql(mart)))


def _of_today(view: View, mart: str) -> pl.DataFrame:
    clauses, values = chosen("p", view.where)
    query = f"SELECT p.* FROM ({sql(mart)}) AS p WHERE {clauses}"  # noqa: S608 our own texts, values are parameters
    with view.reader.snapshot.cursor() as cursor:
        cells.put(cursor, "periods", periods.periods_frame(view.spans))
        found: pl.DataFrame = cursor.sql(query, params=values).pl()
        return found


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
