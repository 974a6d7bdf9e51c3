"""The track record of the forecast: fitted on a past day, compared with what came."""

from datetime import date, timedelta

import polars as pl
from duckdb import DuckDBPyConnection
from pandera.typing.polars import DataFrame

from dashboard import cells, periods, values
from data.schemas.cells import Outcomes
from data.settings import Settings
from metrics.backtest import clv_backtest
from metrics.clv import customer_values
from metrics.frames import Backtest

TABLE = "clv_backtests"


def length(first: date, last: date, horizon_days: int) -> int:
    """How many days are compared: the horizon, or half of a shorter history."""
    return min(horizon_days, (last - first).days // 2)


def days(last: date, size: int) -> tuple[date, date, date]:
    """The day before the comparison window's equal, the cut, and the last day."""
    return last - timedelta(2 * size), last - timedelta(size), last


def layout(last: date, size: int) -> cells.Layout:
    """What has to be laid out for a comparison."""
    return cells.Layout([periods.span(day, "all") for day in days(last, size)])


def compared(
    connection: DuckDBPyConnection,
    settings: Settings,
    last: date,
    size: int,
    keys: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The comparison on a connection on which its days are laid out.

    Models are fitted on everybody; of `keys`, these customers alone are compared. One
    row with a reason where there could be no forecast then.
    """
    earlier, cut, now = (values.histories(connection, d) for d in days(last, size))
    fitted = values.valued(cut, last - timedelta(size), settings.clv.model)
    if fitted.reason is not None:
        why = f"no forecast: {fitted.reason}"
        return _dated(Backtest.empty(), last, size, why)
    outcomes = _outcomes(fitted, (earlier, now), size)
    if keys is not None:
        outcomes = Outcomes.validate(outcomes.join(keys, on="customer_key", how="semi"))
    if outcomes.is_empty():
        return _dated(Backtest.empty(), last, size, "no buyers")
    found = clv_backtest(outcomes, fitted.purchases, confidence=settings.confidence)
    return _dated(found, last, size, None)


def keep(
    connection: DuckDBPyConnection, settings: Settings, last: date, size: int
) -> None:
    """Keep the comparison of everybody in the snapshot, its days being laid out."""
    cells.put(connection, "backtest", compared(connection, settings, last, size))
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS FROM backtest")


def _outcomes(
    fitted: values.Valuation,
    around: tuple[pl.DataFrame, pl.DataFrame],
    size: int,
) -> DataFrame[Outcomes]:
    worth = customer_values(
        fitted.customers,
        fitted.purchases,
        fitted.spend,
        horizon_days=size,
        discount_rate=0.0,
    )
    seen = ("customer_key", "frequency", "margin")
    rows = worth.drop_nulls("forecast")  # of no revenue there is no margin rate
    for frame, suffix in zip(around, ("_earlier", "_now"), strict=True):
        rows = rows.join(
            frame.select(seen),
            on="customer_key",
            how="left",
            suffix=suffix,
            maintain_order="left",
        )
    bought = pl.col("frequency_now").fill_null(-1) - pl.col("frequency")
    return Outcomes.validate(
        rows.with_columns(
            (pl.col("margin_now").fill_null(0.0) - pl.col("margin")).alias("actual"),
            (pl.col("margin") - pl.col("margin_earlier").fill_null(0.0)).alias(
                "before"
            ),
            bought.clip(0).cast(pl.Float64).alias("purchases"),
        )
    )


def _dated(
    found: pl.DataFrame, last: date, size: int, reason: str | None
) -> pl.DataFrame:
    """The rows with the days that they compare; one row that says why there is none."""
    if found.is_empty():
        found = pl.DataFrame([{"segment": "all", "n": 0}], schema=found.schema)
    return found.with_columns(
        pl.lit(last - timedelta(size)).alias("cut"),
        pl.lit(last).alias("until"),
        pl.lit(size, pl.Int64).alias("days"),
        pl.lit(reason, pl.String).alias("reason"),
    )
