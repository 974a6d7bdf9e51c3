"""Answers about who comes back: growth accounting, and how soon."""

from datetime import timedelta

import polars as pl

from dashboard import cells, periods
from dashboard.answers.counted import column
from dashboard.answers.people import ask_customers, chosen
from dashboard.answers.view import View, offered
from dashboard.reader import Wanted
from data.marts import sql
from data.schemas.cells import Durations, PurchaseCells, RepurchaseCells
from metrics.cohorts import first_of
from metrics.growth import growth_accounting
from metrics.repurchase import HORIZONS
from metrics.returns import (
    MONTH,
    purchase_interval,
    repurchase_at_age,
    repurchase_curve,
)

WAITS = """
SELECT
    {by} AS segment, COALESCE(p.second_day, $as_of) - p.first_day AS days,
    p.second_day IS NOT NULL AS ended, COUNT(*) AS customers
FROM ({{source}}) AS p
WHERE p.first_day IS NOT NULL AND {clauses}
GROUP BY ALL
"""
GAPS = """
SELECT
    {by} AS segment, c.days, c.ended = 1 AS ended,
    CAST(SUM(c.gaps) AS BIGINT) AS customers
FROM ({source}) AS c WHERE {clauses} GROUP BY ALL
"""
BACK = """
SELECT
    12 * YEAR(p.first_day) + MONTH(p.first_day) - 1 AS month, COUNT(*) AS first_buyers,
    {within}
FROM ({{source}}) AS p
WHERE p.first_day IS NOT NULL AND {clauses}
GROUP BY ALL
"""


def growth(view: View) -> pl.DataFrame:
    """Each month's buyers; the running month and those of the burn-in are marked."""
    spans = view.over("month")
    wanted = Wanted("purchase_cells", spans, view.where, view.by)
    found = PurchaseCells.validate(view.reader.cells(wanted).lazy())
    early = [_month(span) for span in spans if view.burning_in(span)]
    last = spans[-1]
    over = last.as_of == periods.month_end(last.as_of)
    running = pl.lit(not over) & (pl.col("month") == _month(last))
    months = [_month(span) for span in spans]
    split = growth_accounting(found, months=months, by=column(view.by))
    return split.with_columns(
        running.alias("running"), pl.col("month").is_in(early).alias("burn_in")
    )


def _month(span: periods.Span) -> str:
    return f"{span.as_of:%Y-%m}"


def curve(view: View) -> pl.DataFrame:
    """The share who bought again, by days since the first purchase and segment."""
    clauses, values = chosen("p", view.where)
    by = "'all'" if view.by is None else f"p.{view.by}"
    query = WAITS.format(by=by, clauses=clauses)
    rows = ask_customers(view, query, {"as_of": view.as_of, **values})
    return repurchase_curve(
        Durations.validate(rows.lazy()),
        by="segment",
        confidence=view.reader.settings.confidence,
    )


def intervals(view: View) -> pl.DataFrame:
    """The share of purchase days followed by another, by days and segment."""
    found = view.reader.remember(
        ("intervals", view.as_of, view.where, view.by), lambda: _gaps(view)
    )
    return purchase_interval(Durations.validate(found.lazy()), by="segment")


def _gaps(view: View) -> pl.DataFrame:
    """The kept gaps of the last day, summed; else made of the event tables."""
    spans = (periods.span(view.as_of, "all"),)
    cube = Wanted("interval_cells", spans, view.where, view.by).cube()
    by = "'all'" if view.by is None else f"c.{view.by}"
    clauses, values = chosen("c", view.where)
    if cube and view.as_of == offered(view.reader)[-1]:
        kept = f"c.cube = $cube AND {clauses}"
        text = GAPS.format(by=by, source="SELECT * FROM interval_cells", clauses=kept)
        with view.reader.snapshot.cursor() as cursor:
            return cursor.sql(text, params={"cube": cube, **values}).pl()
    text = GAPS.format(by=by, source=sql("interval_cells"), clauses="TRUE")
    layout = cells.Layout(spans, where=view.where, crossed=True)
    return view.reader.laid_out(layout, lambda cursor: cells.frame(cursor, text))


def at_age(view: View) -> pl.DataFrame:
    """The share back within so many days, by month of the first purchase."""
    clauses, values = chosen("p", view.where)
    within = ", ".join(
        f"COUNT(*) FILTER (p.second_day - p.first_day <= {days}) AS within_{days}"
        for days in HORIZONS
    )
    rows = ask_customers(view, BACK.format(within=within, clauses=clauses), values)
    whole = pl.concat([_aged(view, rows, days) for days in HORIZONS])
    found = repurchase_at_age(
        RepurchaseCells.validate(whole.lazy()),
        confidence=view.reader.settings.confidence,
    )
    firsts = [first_of(number) for number in rows["month"]]
    spans = [periods.span(periods.month_end(first), MONTH) for first in firsts]
    early = [_month(span) for span in spans if view.burning_in(span)]
    return found.with_columns(pl.col("segment").is_in(early).alias("burn_in"))


def _aged(view: View, rows: pl.DataFrame, days: int) -> pl.DataFrame:
    """Months of which every first purchase lies at least so many days back."""
    limit = view.as_of - timedelta(days=days)
    over = [periods.month_end(first_of(number)) <= limit for number in rows["month"]]
    month = pl.format(
        "{}-{}",
        pl.col("month") // 12,
        (pl.col("month") % 12 + 1).cast(pl.String).str.zfill(2),
    )
    return rows.filter(pl.Series(over, dtype=pl.Boolean)).select(
        month.alias(MONTH),
        "first_buyers",
        pl.col(f"within_{days}").alias("bought_again"),
        pl.lit(days).cast(pl.Int64).alias("horizon_days"),
    )
