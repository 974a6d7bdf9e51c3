"""Questions about tiers asked of one snapshot, customer by customer, summed into cells.

The texts below read the kept stays, totals and customers. Dates and names in them are
ours; what comes back for one pair of dates holds for every filter.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from dashboard.cells import KEYS
from data.errors import UsageError
from data.marts import sql

if TYPE_CHECKING:
    from dashboard.answers.view import View
    from dashboard.reader import Reader

NAMED: Final = "INNER JOIN people AS p ON p.customer_key = m.customer_key"
SPENDING: Final = """
SELECT
    t.customer_key,
    SUM(CASE WHEN t.next_day > DATE '{day}' THEN t.revenue ELSE 0 END)
        - SUM(CASE WHEN t.day <= DATE '{after}' THEN t.revenue ELSE 0 END) AS revenue,
    SUM(CASE WHEN t.next_day > DATE '{day}' THEN t.margin ELSE 0 END)
        - SUM(CASE WHEN t.day <= DATE '{after}' THEN t.margin ELSE 0 END) AS margin
FROM purchase_totals AS t
WHERE
    t.starts_on <= DATE '{day}' AND t.ends_on > DATE '{day}'
    AND t.day <= DATE '{day}' AND t.next_day > DATE '{after}'
    AND (t.next_day > DATE '{day}' OR t.day <= DATE '{after}')
GROUP BY t.customer_key
"""
"""Net revenue and margin per customer of the days after one day up to another."""

HELD: Final = """
SELECT s.customer_key, r.tier, r.place FROM tier_stays AS s
INNER JOIN tier_rules AS r ON r.rule = s.rule
WHERE r.scheme = {scheme} AND s.from_on <= DATE '{day}' AND s.until_on > DATE '{day}'
"""
"""The tier of every customer with a purchase as of a day."""

CURRENT: Final = """
SELECT
    c.customer_key, c.customer_id, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier
FROM current_customers AS c
"""
EARLIER: Final = """
SELECT
    d.customer_key, p.customer_id, store.name AS store, region.name AS region,
    p.customer_type, p.acquisition_channel, COALESCE(t.tier, 'unknown') AS tier
FROM declared AS d
INNER JOIN profiles AS p ON p.customer_key = d.customer_key
LEFT JOIN homes AS h ON h.customer_key = d.customer_key
INNER JOIN names AS store ON store.code = COALESCE(h.store, d.store)
INNER JOIN names AS region ON region.code = COALESCE(h.region, d.region)
LEFT JOIN ({held}) AS t ON t.customer_key = d.customer_key
WHERE d.customer_key > 0
"""
"""Customers by number, with their attributes as of the last day or an earlier one."""

MOVED: Final = """
WITH moves AS (
    SELECT
        COALESCE(b.customer_key, a.customer_key) AS customer_key,
        COALESCE(b.tier, 'new') AS tier_from, COALESCE(a.tier, 'gone') AS tier_to
    FROM ({before}) AS b
    FULL OUTER JOIN ({after}) AS a ON a.customer_key = b.customer_key
)
SELECT
    m.customer_key, m.tier_from, m.tier_to,
    CASE WHEN m.tier_from <> 'new' THEN COALESCE(was.revenue, 0) END AS revenue_from,
    CASE WHEN m.tier_to <> 'gone' THEN COALESCE(is_now.revenue, 0) END AS revenue_to
FROM moves AS m
LEFT JOIN ({spent_before}) AS was ON was.customer_key = m.customer_key
LEFT JOIN ({spent_after}) AS is_now ON is_now.customer_key = m.customer_key
"""
STANDING: Final = """
SELECT
    t.customer_key, DATE '{day}' - t.last_day AS days_since_last,
    CAST(t.orders AS BIGINT) AS orders,
    t.revenue, t.revenue - COALESCE(y.revenue, 0) AS annual_spend
FROM purchase_totals AS t
LEFT JOIN (
    SELECT b.customer_key, b.revenue FROM purchase_totals AS b
    WHERE
        b.starts_on <= DATE '{day}' AND b.ends_on > DATE '{day}'
        AND b.day <= DATE '{after}' AND b.next_day > DATE '{after}'
) AS y ON y.customer_key = t.customer_key
WHERE
    t.customer_key > 0 AND t.last_day IS NOT NULL
    AND t.starts_on <= DATE '{day}' AND t.ends_on > DATE '{day}'
    AND t.day <= DATE '{day}' AND t.next_day > DATE '{day}'
"""
"""What the rules look at, per customer with a purchase as of a day."""


def year_after(day: date) -> date:
    """The day after which the trailing year of a day starts."""
    return periods.span(day, str(periods.YEAR)).starts_after


def spending(day: date, after: date) -> str:
    """The text of what customers spent after one day, up to another."""
    return SPENDING.format(day=day, after=after)


def held(scheme: str, day: date) -> str:
    """The text of the tiers of a scheme as of a day."""
    return HELD.format(scheme=literal(scheme), day=day)


def literal(text: str) -> str:
    """A text of the settings as SQL writes it."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def standing(day: date) -> str:
    """The text of what the rules look at as of a day."""
    return STANDING.format(day=day, after=year_after(day))


def moved(scheme: str, before: date, after: date) -> str:
    """The text of every customer's tiers and trailing year as of two days."""
    return MOVED.format(
        before=held(scheme, before),
        after=held(scheme, after),
        spent_before=spending(before, year_after(before)),
        spent_after=spending(after, year_after(after)),
    )


def scheme_of(view: View, option: str = "scheme") -> str:
    """The scheme that a question asks for.

    Errors: UsageError where the settings have none of this name.
    """
    known = tuple(view.reader.settings.tiers)
    asked = view.options.get(option, cells.SCHEME)
    if asked not in known:
        raise UsageError(f"--{option} {asked}: it is one of {', '.join(known)}")
    return asked


def lay_people(reader: Reader, cursor: DuckDBPyConnection, day: date) -> None:
    """Lay out `people`: every customer with its attributes as of a day."""
    if day.isoformat() == reader.snapshot.manifest.as_of:
        cells.view(cursor, "people", CURRENT)
        return
    cells.put(cursor, "as_of_dates", periods.dates_frame([day]))
    for mart in ("steps", "day_places"):
        cells.table(cursor, mart, sql(mart))
    cells.view(cursor, "cut_purchase_totals", "SELECT * FROM home_totals")
    cells.table(cursor, "home_standings", sql("standings"))
    cells.table(cursor, "homes", sql("homes"))
    cells.view(cursor, "people", EARLIER.format(held=held(cells.SCHEME, day)))


def summed(view: View, key: tuple[object, ...], rows: str, sums: str) -> pl.DataFrame:
    """Rows of customers summed by their attributes, remembered, and then filtered.

    `rows` has a row per customer; `sums` tells what is told apart and summed.
    """

    def ask() -> pl.DataFrame:
        by = ", ".join(f"p.{name}" for name in KEYS)
        query = f"SELECT {by}, {sums} FROM ({rows}) AS m {NAMED} GROUP BY ALL"  # noqa: S608 our own names
        with view.reader.snapshot.cursor() as cursor:
            lay_people(view.reader, cursor, view.as_of)
            return cells.frame(cursor, query)

    return cells.matching(view.reader.remember((key, view.as_of), ask), view.where)


def listed(view: View, rows: str, columns: str) -> pl.DataFrame:
    """Rows of customers in view, by id."""
    with view.reader.snapshot.cursor() as cursor:
        lay_people(view.reader, cursor, view.as_of)
        names = ", ".join(f"p.{name}" for name in KEYS)
        told = f"p.customer_id, {columns}, {names}"
        query = f"SELECT {told} FROM ({rows}) AS m {NAMED}"  # noqa: S608 our own names
        found = cells.frame(cursor, query)
    return cells.matching(found, view.where).drop(KEYS)


def standing_of(view: View) -> pl.DataFrame:
    """What the rules look at as of a view's date, of all customers with a purchase.

    Money is in whole ten-thousandths: a decimal without its point.
    """

    def ask() -> pl.DataFrame:
        with view.reader.snapshot.cursor() as cursor:
            rows = cells.frame(cursor, standing(view.as_of))
        whole = pl.col("revenue", "annual_spend").to_physical().cast(pl.Int64)
        return rows.with_columns(whole)

    return view.reader.latest("standing", view.as_of, ask)


def in_view(view: View) -> pl.DataFrame | None:
    """The numbers and ids of the customers in view; None where that is everyone."""
    if not view.where:
        return None

    def ask() -> pl.DataFrame:
        with view.reader.snapshot.cursor() as cursor:
            lay_people(view.reader, cursor, view.as_of)
            return cells.frame(cursor, "SELECT * FROM people")

    found = view.reader.latest("people", view.as_of, ask)
    return cells.matching(found, view.where).select("customer_key")


def order(view: View, scheme: str) -> tuple[str, ...]:
    """The tiers of a scheme from the highest down: those of the silent stand last."""
    rules = view.reader.settings.tiers[scheme]
    ranked = sorted(rules, key=lambda rule: rule.days_since_last_min is not None)
    return tuple(rule.name for rule in ranked)
