"""What everybody was worth and scored on the dates of a year, each laid out once."""

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, health_moves, healths, periods, replay, values
from dashboard.churn import keep as churn
from dashboard.worth_tiers import WorthTiers
from data.settings import Settings


def build(
    connection: DuckDBPyConnection,
    settings: Settings,
    days: tuple[date, ...],
    unfitted: Sequence[date],
) -> None:
    """Keep models and values of the dates without a model, scores and tiers of all.

    Scores are made anew, of the input tables and of the purchases that are kept, and
    compared with those of the last date.
    """
    healths.make_signals(connection, settings)
    seen, tiering = healths.signals(connection), WorthTiers(connection, settings)
    compared, scores = health_moves.compared(days), {}
    connection.execute("DROP TABLE IF EXISTS health_cells")
    for batch in cells.batches(connection, days):
        replay.lay_out(connection, settings, batch)
        healths.lay_states(connection)
        for day in batch:
            worth = values.value(connection, settings, day, fit=day in unfitted)
            found = healths.score(connection, settings, day, seen)
            healths.keep_sums(connection, settings, day, found)
            both = _joined(found, worth)
            if day in (periods.month_end(day), days[-1]):
                tiering.see(both, day)
            if day in compared:
                scores[day] = found.select(health_moves.SIDES)
    tiering.keep(connection)
    cells.keep(connection, "health_scores", both.select(*healths.SHOWN, *healths.MORE))
    health_moves.build(connection, settings, scores)
    churn.keep(connection, settings, days[-1], seen, worth)


def _joined(scored: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """The customers with `clv`; null where the date has no usable model."""
    each = worth.select("customer_key", "clv")
    return scored.join(each, on="customer_key", how="left", maintain_order="left")
