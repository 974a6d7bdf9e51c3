"""How lifetime value is spread over customers, and over the months they came in."""

import math
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame

from metrics.estimates import CONFIDENCE, exact_sum, ratio, t_interval
from metrics.frames import Estimate, Result

BINS: Final = 20
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


class ClvSpread(Result):
    """One row per range of lifetime value: from `low` up to, not including, `high`."""

    low: pl.Float64 = pa.Field(nullable=True)
    high: pl.Float64 = pa.Field(nullable=True)
    customers: pl.Int64 = pa.Field(ge=0)
    share: pl.Float64 = pa.Field(nullable=True)
    clv: pl.Float64 = pa.Field()


class ClvByMonth(Estimate):
    """One row per month of the first purchase: mean lifetime value, and its sum."""

    total: pl.Float64 = pa.Field()


def clv_distribution(customers: pl.DataFrame) -> DataFrame[ClvSpread]:
    """CLV distribution: how many customers are worth how much.

    Formula: customers by range of their lifetime value; ranges of one round width, such
        that 20 of them hold all but the largest 2%; the first range is open downwards
        where values are negative, the last one upwards
    Grain: one row per range: low, high (null is open), customers, share, clv = the sum
    Units: customers; share, 0 to 1; currency
    Source: the definition of `clv`, each customer's, as of the last day
    """
    clv = customers["clv"].drop_nulls()
    if clv.is_empty():
        return ClvSpread.empty()
    top = float(clv.quantile(0.98) or 0.0)
    width = _round_up(max(top, 1.0) / BINS)
    place = (pl.col("clv") / width).floor().clip(-1, BINS).cast(pl.Int64)
    sums = (
        clv.to_frame()
        .group_by(place.alias("place"))
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            exact_sum(pl.col("clv")).alias("clv"),
        )
    )
    places = sums["place"].to_list()
    every = pl.DataFrame({"place": range(min(places), max(places) + 1)}).join(
        sums, on="place", how="left"
    )
    low, high = pl.col("place") * width, (pl.col("place") + 1) * width
    return ClvSpread.validate(
        every.sort("place").select(
            pl.when(pl.col("place") >= 0).then(low).alias("low"),
            pl.when(pl.col("place") < BINS).then(high).alias("high"),
            pl.col("customers").fill_null(0),
            ratio(pl.col("customers").fill_null(0), pl.lit(clv.len())).alias("share"),
            pl.col("clv").fill_null(0.0),
        )
    )


def clv_cohorts(
    customers: pl.DataFrame, *, confidence: float = CONFIDENCE
) -> DataFrame[ClvByMonth]:
    """CLV by cohort: mean lifetime value by month of the first purchase.

    Formula: sum of lifetime values / customers whose first purchase lies in the month
    Interval: Student's t over customers, 95%
    Grain: one row per month: segment = month, value, n = customers, ci_low, ci_high,
        total
    Units: currency
    Source: the definition of `clv`, each customer's, as of the last day; older cohorts
        have had longer to spend
    """
    month = pl.col("first_day").dt.strftime("%Y-%m").alias("segment")
    clv, n = pl.col("clv"), pl.len().cast(pl.Int64).alias("n")
    total = exact_sum(clv).over("segment")
    told = (
        customers.drop_nulls(["clv", "first_day"])
        .with_columns(month)
        .with_columns(ratio(total, pl.len().over("segment")).alias("value"))
        .group_by("segment")
        .agg(
            pl.col("value").first(),
            n,
            ratio(exact_sum((clv - pl.col("value")) ** 2), pl.len() - 1).alias("var"),
            exact_sum(clv).alias("total"),
        )
    )
    bounds = t_interval(
        pl.col("value"), pl.col("var"), pl.col("n"), confidence=confidence
    )
    shown = told.sort("segment").select("segment", "value", "n", *bounds, "total")
    return ClvByMonth.validate(shown)


def _round_up(rough: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(rough))
    return next(step * size for step in STEPS if step * size >= rough * (1 - 1e-9))
