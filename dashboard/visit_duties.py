"""Contacts that customers are owed by their tier: period by period, made anew."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from data.marts import sql
from data.settings import Settings

YEAR, QUARTER = 12, 3
KEPT = {
    "visit_duties": "starts_on, kind, customer_key",
    "visit_owners": "customer_key",
}
PERIODS = {
    "rule": pl.Int16,
    "tier": pl.String,
    "kind": pl.String,
    "due": pl.Int32,
    "before_on": pl.Date,
    "starts_on": pl.Date,
    "ends_on": pl.Date,
}


def keep(connection: DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Keep what was owed in each period up to the running one, and what was done."""
    found = connection.execute(
        "SELECT tier, rule FROM tier_rules WHERE scheme = $scheme",
        {"scheme": settings.visits.scheme},
    ).fetchall()
    rows = list(periods(settings, dict(found), as_of))
    cells.put(connection, "visit_periods", pl.DataFrame(rows, schema=PERIODS))
    cells.put(connection, "visit_last_day", pl.DataFrame({"as_of": [as_of]}))
    for mart, order in KEPT.items():
        text = f"{sql(mart)} ORDER BY {order}"
        connection.execute(f"CREATE OR REPLACE TABLE {mart} AS {text}")


def periods(
    settings: Settings, numbers: dict[str, int], as_of: date
) -> Iterator[dict[str, Any]]:
    """Every duty of every tier in every period that is told, the running one too."""
    running = _start(as_of, QUARTER)
    first = _later(running, -QUARTER * settings.visits.quarters)
    for rule in settings.tiers[settings.visits.scheme]:
        for kind, times in rule.care.items():
            months, due = _rhythm(times)
            duty = {"rule": numbers[rule.name], "tier": rule.name, "kind": kind}
            for start in _starts(first, as_of, months) if due else ():
                end = _later(start, months) - timedelta(days=1)
                before = start - timedelta(days=1)
                days = {"before_on": before, "starts_on": start, "ends_on": end}
                yield {**duty, "due": due, **days}


def _rhythm(times: int) -> tuple[int, int]:
    """The months of a period, and how many contacts it owes, for so many in a year."""
    if times and YEAR % times == 0:
        return YEAR // times, 1
    return YEAR, times


def _starts(first: date, as_of: date, months: int) -> Iterator[date]:
    start = _start(first, months)
    while start <= as_of:
        if start >= first:
            yield start
        start = _later(start, months)


def _start(day: date, months: int) -> date:
    """The first day of the period of so many months that a day lies in."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _later(day: date, months: int) -> date:
    number = 12 * day.year + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
