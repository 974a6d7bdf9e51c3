"""One customer alone on a connection: what answers for all then answers for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import DataFrame

from dashboard import cells, healths, periods
from dashboard.reader import Reader
from data.engines.duckdb import ATTACHED
from data.schemas.health import Factors

TABLES: Final = ("profiles", "declared", "purchase_totals", "home_totals", "signals")
"""The kept tables with a row per customer that the scores of a date are made of."""


def scores(reader: Reader, key: int, days: Sequence[date]) -> DataFrame[Factors]:
    """The scores of one customer on several dates, with the date as `as_of`.

    A date before its first purchase has no row. The rows are in order of the dates.
    """
    with reader.snapshot.cursor() as cursor:
        _narrow(cursor, key)
        spans = [periods.span(day, "all") for day in days]
        cells.lay_out(cursor, cells.Layout(spans, crossed=True), reader.settings)
        healths.lay_states(cursor)
        seen = healths.signals(cursor)
        states = cells.frame(cursor, "SELECT * FROM health_states ORDER BY as_of")
        rows = [
            healths.inputs(of_day, of_day["as_of"][0], seen)
            for of_day in states.partition_by("as_of", maintain_order=True)
        ]
        return healths.judged(
            pl.concat([states.clear(), *rows], how="diagonal"), reader.settings
        )


def _narrow(cursor: DuckDBPyConnection, key: int) -> None:
    """Let the names of the kept tables stand for one customer's rows in them."""
    for name in TABLES:
        mine = f"SELECT * FROM {ATTACHED}.{name} WHERE customer_key = {key:d}"  # noqa: S608 our own names, a number
        cells.view(cursor, name, mine)
