"""The customers behind a count, one row each."""

import shlex
from collections.abc import Mapping, Sequence

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from dashboard.answers.view import View, look, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import Viewer
from data.errors import UsageError
from data.marts import sql

PARTS: dict[str, dict[str, str]] = {
    "customers": {"customers": "p.first_day IS NOT NULL"},
    "active_customers": {"buyers": "p.last_day > $start"},
    "repurchase_rate": {
        "repeat_buyers": "p.prior_day > $start",
        "once_buyers": "p.last_day > $start"
        " AND (p.prior_day IS NULL OR p.prior_day <= $start)",
    },
    "returning_share": {
        "returning_buyers": "p.last_day > $start AND p.first_day <= $start",
        "new_buyers": "p.first_day > $start",
    },
    "churn_rate": {
        "lost_buyers": "p.last_day <= $start AND p.last_day > $before",
    },
}
"""Per metric, the counts in it that customers stand behind, and which ones they are."""

COLUMNS = (
    "customer_id", "store", "region", "customer_type", "acquisition_channel", "tier",
    "first_day", "last_day", "days", "orders", "revenue", "margin", "annual_revenue",
)  # fmt: skip


def parts(metric: str) -> tuple[str, ...]:
    """The counts of a metric whose customers can be listed."""
    return tuple(PARTS.get(metric, ()))


def command(question: Question, part: str | None) -> str:
    """What prints the list again."""
    given = () if part is None else (f"--part={part}",)
    return shlex.join(("customer-health", "customers", *question.arguments(), *given))


def people(
    reader: Reader, viewer: Viewer, question: Question, part: str | None = None
) -> pl.DataFrame:
    """The customers behind a count, those with the highest revenue first.

    That is net revenue of the trailing year; among equals, to date.

    Grain: one row per customer of the view, as at its as-of date: attributes, first and
        last purchase day, purchase days, orders, net revenue and margin to date, net
        revenue of the trailing year
    Units: days as dates; counts; currency
    Errors: UsageError for a metric without such a list, or a part that it does not have
    """
    view = look(reader, viewer, question)
    part_of = _condition(question.metric, part)
    span = periods.span(view.as_of, view.period)
    given = {"start": span.starts_after, "before": span.previous_after}
    used = {name: day for name, day in given.items() if f"${name}" in part_of}
    clauses, values = chosen("p", view.where)
    query = (
        f"SELECT {', '.join(COLUMNS)} FROM ({{source}}) AS p"  # noqa: S608 our own texts, values are parameters
        f" WHERE ({part_of}) AND {clauses}"
        " ORDER BY annual_revenue DESC, revenue DESC, customer_id"
    )

    return ask_customers(view, query, {**used, **values})


def ask_customers(
    view: View, query: str, parameters: Mapping[str, object]
) -> pl.DataFrame:
    """What a query reads of the customers as of a view's date, its `{source}`."""

    def ask(connection: DuckDBPyConnection, source: str) -> pl.DataFrame:
        text = query.format(source=source)
        found: pl.DataFrame = connection.sql(text, params=dict(parameters)).pl()
        return found

    reader = view.reader
    if view.as_of == offered(reader)[-1]:
        with reader.snapshot.cursor() as cursor:
            return ask(cursor, "SELECT * FROM current_customers")
    layout = cells.Layout([periods.span(view.as_of, "all")])
    return reader.laid_out(layout, lambda c: ask(c, sql("current_customers")))


def _condition(metric: str, part: str | None) -> str:
    known = PARTS.get(metric)
    if not known:
        names = ", ".join(PARTS)
        raise UsageError(f"{metric} has no list of customers; these have: {names}")
    if part is not None and part not in known:
        raise UsageError(f"--part {part}: it is one of {', '.join(known)}")
    return known[part] if part else next(iter(known.values()))


def chosen(rows: str, where: Sequence[Condition]) -> tuple[str, dict[str, list[str]]]:
    """Which rows with customers' attributes meet every condition: SQL, parameters."""
    clauses = [_clause(rows, place, each) for place, each in enumerate(where)]
    values = {f"values{place}": list(each.values) for place, each in enumerate(where)}
    return " AND ".join(["TRUE", *clauses]), values


def _clause(rows: str, place: int, condition: Condition) -> str:
    inside = f"list_contains($values{place}, {rows}.{condition.attribute})"
    return f"NOT {inside}" if condition.negate else inside
