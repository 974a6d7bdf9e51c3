"""Answers about cohorts: what a month's first-time buyers do, and who they are."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

import polars as pl

from dashboard import cells, periods
from dashboard.answers.people import COLUMNS, ask_customers, chosen
from dashboard.answers.view import View, offered
from dashboard.reader import Wanted
from data.errors import UsageError
from data.marts import sql
from data.schemas.cells import CohortCells
from metrics.cohorts import SHOWN, cohort_customers, cohort_retention, first_of
from metrics.estimates import EVERYONE
from metrics.frames import CohortPeople

SUMS = """
SELECT
    c.first_month, c.months_since, SUM(c.customers) AS customers,
    SUM(c.returned) AS returned, SUM(c.orders) AS orders,
    CAST(SUM(c.revenue) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(c.margin) AS DECIMAL(38, 4)) AS margin
FROM ({source}) AS c WHERE {clauses} GROUP BY c.first_month, c.months_since
"""
BOUGHT_IN = """
p.customer_key IN (
    SELECT o.customer_key FROM occasions AS o
    WHERE o.days > 0 AND o.day BETWEEN $from_day AND $to_day
        AND o.valid_from <= $as_of AND o.valid_to > $as_of
)
"""


def cohorts(view: View) -> pl.DataFrame:
    """Each cohort's months; those of the burn-in are marked."""
    show = view.options.get("show", "customers")
    if show not in SHOWN:
        raise UsageError(f"--show {show}: it is one of {', '.join(SHOWN)}")
    found = CohortCells.validate(_cells(view).lazy())
    rows = cohort_retention(found, as_of=view.as_of, show=show)
    named = [each for each in rows["cohort"].unique() if each != EVERYONE]
    early = [each for each in named if _early(view, _month(each))]
    return rows.with_columns(pl.col("cohort").is_in(early).alias("burn_in"))


def members(view: View) -> pl.DataFrame:
    """The customers of a cohort; with a month, those of them who bought in it."""
    first = _month(view.options.get("cohort", f"{view.as_of:%Y-%m}"))
    given: dict[str, Any] = {"first": first, "last": _end(first)}
    clauses, values = chosen("p", view.where)
    clauses += " AND p.first_day BETWEEN $first AND $last"
    months = _months(view, first)
    if months:
        clauses += f" AND {BOUGHT_IN}"
        given |= {"from_day": months[0], "to_day": months[1], "as_of": view.as_of}
    shown = ", ".join(COLUMNS)
    query = f"SELECT {shown} FROM ({{source}}) AS p WHERE {clauses}"  # noqa: S608 our own texts, values are parameters
    rows = ask_customers(view, query, given | values)
    return cohort_customers(CohortPeople.validate(rows.lazy()))


def _cells(view: View) -> pl.DataFrame:
    """The kept cells of the last day, summed; else made of the event tables."""
    spans = (periods.span(view.as_of, "all"),)
    cube = Wanted("cohort_cells", spans, view.where).cube()
    clauses, values = chosen("c", view.where)

    def kept() -> pl.DataFrame:
        text = SUMS.format(
            source="SELECT * FROM cohort_cells", clauses=f"c.cube = $cube AND {clauses}"
        )
        with view.reader.snapshot.cursor() as cursor:
            return cursor.sql(text, params={"cube": cube, **values}).pl()

    def made() -> pl.DataFrame:
        text = SUMS.format(source=sql("cohort_cells"), clauses="TRUE")
        layout = cells.Layout(spans, where=view.where, crossed=True)
        return view.reader.laid_out(layout, lambda cursor: cells.frame(cursor, text))

    today = view.as_of == offered(view.reader)[-1]
    ask = kept if cube and today else made
    return view.reader.remember(("cohorts", view.as_of, view.where), ask)


def _early(view: View, first: date) -> bool:
    return view.burning_in(periods.span(_end(first), "month"))


def _months(view: View, first: date) -> tuple[date, date] | None:
    """The days in which the customers asked for have bought, beside the first."""
    asked = {n: view.options[n] for n in ("in-month", "by-month") if n in view.options}
    if not asked:
        return None
    if len(asked) > 1:
        raise UsageError("--in-month or --by-month, not both")
    ((name, text),) = asked.items()
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise UsageError(f"--{name} {text}: months since the first one, such as 3")
    start = 12 * first.year + first.month - 1
    since = int(text) if name == "in-month" else 1
    return first_of(start + since), _end(first_of(start + int(text)))


def _month(text: str) -> date:
    """The first day of a month such as 2026-03."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII) or text < "0001":
        raise UsageError(f"--cohort {text}: a month such as 2026-03 is needed")
    return date(int(text[:4]), int(text[5:]), 1)


def _end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])
