"""What customers' scores did between two dates, summed for who was where on each."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, healths, periods
from data.health import HEALTH
from data.marts import sql
from data.settings import Settings
from metrics.health import weighted
from metrics.health_change import AFTER, BEFORE, change_sums, customer_change

SIDES = ("customer_key", *healths.CELLS, "health", *HEALTH)
TABLE = "health_moves"


def compared(days: tuple[date, ...]) -> tuple[date, ...]:
    """Of dates in order, the last, the month end and the day a year before it."""
    last = days[-1]
    month = last.replace(day=1) - timedelta(days=1)
    return tuple(d for d in days if d in (month, periods.year_before(last), last))


def build(
    connection: DuckDBPyConnection,
    settings: Settings,
    scores: Mapping[date, pl.DataFrame],
) -> None:
    """Keep what scores did until the last date, since each of the dates before it."""
    *days, last = sorted(scores)
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    weights = settings.health.weights
    for day in days or (last,):
        change(connection, (scores[day], scores[last]), (weights, weights), (day, last))
        cells.append(connection, TABLE)


def lay_out(
    connection: DuckDBPyConnection,
    settings: Settings,
    days: tuple[date, ...],
) -> None:
    """Lay out the dates of a comparison, with the crossed cells of customers."""
    spans = [periods.span(day, "all") for day in days]
    cells.lay_out(connection, cells.Layout(spans, crossed=True), settings)
    healths.lay_states(connection)


def between(
    connection: DuckDBPyConnection,
    settings: Settings,
    days: tuple[date, date],
    old: Mapping[str, float],
) -> pl.DataFrame:
    """What scores did between two dates that are laid out; weights then may differ."""
    scores = _scores(connection, settings, days)
    sides = scores[days[0]], scores[days[1]]
    sides = sides[0].with_columns(weighted(old).alias("health")), sides[1]
    change(connection, sides, (old, settings.health.weights), days)
    return cells.frame(connection, sql(TABLE))


def change(
    connection: DuckDBPyConnection,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    weights: tuple[Mapping[str, float], Mapping[str, float]],
    days: tuple[date, date],
) -> None:
    """Put the sums of what changed on a connection, for `health_moves` to name.

    Who has no score on a date is in no cell then.
    """
    scored = pl.col("health").is_not_null()
    inside = [pl.when(scored).then(pl.col(name)) for name in healths.CELLS]
    both = [
        frame.with_columns(inside).select(
            "customer_key", pl.exclude("customer_key").name.suffix(suffix)
        )
        for frame, suffix in zip(sides, (BEFORE, AFTER), strict=True)
    ]
    joined = both[0].join(both[1], on="customer_key", how="full", coalesce=True)
    parts = customer_change(joined.lazy(), *weights).collect()
    sums = change_sums(parts, healths.CELLS).with_columns(
        pl.lit(days[0]).alias("before"), pl.lit(days[1]).alias("as_of")
    )
    cells.put(connection, "health_changes", sums)


def _scores(
    connection: DuckDBPyConnection, settings: Settings, days: tuple[date, ...]
) -> dict[date, pl.DataFrame]:
    """The scores of dates that are laid out."""
    seen = healths.signals(connection)
    return {
        day: healths.score(connection, settings, day, seen).select(SIDES)
        for day in days
    }
