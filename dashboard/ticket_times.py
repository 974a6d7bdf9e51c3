"""Tickets with their times, on the calendar and while the desk was open.

Both tables are made anew at every refresh: a ticket changes long after it was opened.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from data.marts import sql
from data.service import ServiceSettings
from data.settings import Settings

AHEAD = timedelta(days=3)
"""What has happened may lie a day after the last one, as the door allows it."""

DAYS = dict.fromkeys(("ends", "opens", "closes", "worked"), pl.Int64)
FIRST = "SELECT LEAST(MIN(opened_on), $as_of) FROM tickets"


def keep(connection: DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Keep the desk's days and the tickets, those of one day together."""
    found = connection.execute(FIRST, {"as_of": as_of}).fetchall()
    first = found[0][0] or as_of
    kept = days(settings.service, settings.timezone, first, as_of + AHEAD)
    cells.keep(connection, "service_days", kept)
    text = f"{sql('ticket_cases')} ORDER BY opened_on, ticket_id"
    connection.execute(f"CREATE OR REPLACE TABLE ticket_cases AS {text}")


def days(desk: ServiceSettings, zone: str, first: date, last: date) -> pl.DataFrame:
    """Per day, in seconds since 1970: its end, and when the desk opens and closes.

    `worked`: the seconds that the desk was open on the days before. On a day on which
    it stays shut it closes as it opens.
    """
    found = list(_days(desk, ZoneInfo(zone), first, last))
    rows = pl.DataFrame(found, schema={"day": pl.Date, **DAYS}, orient="row")
    open_for = pl.col("closes") - pl.col("opens")
    return rows.with_columns(worked=open_for.cum_sum() - open_for)


def _days(
    desk: ServiceSettings, zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[date, int, int, int, int]]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        opens = _seconds(day, desk.opens, zone)
        closes = _seconds(day, desk.closes, zone) if desk.works_on(day) else opens
        yield day, _seconds(day + timedelta(days=1), time(), zone), opens, closes, 0


def _seconds(day: date, at: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, at, zone).timestamp())
