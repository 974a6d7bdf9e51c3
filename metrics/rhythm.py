"""How often does a customer buy, and is it overdue?"""

from datetime import date
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.person import PurchaseDays
from metrics.frames import Result

SHRINKAGE: Final = 2
"""How many gaps of its own the group's usual gap counts as."""

MIN_GAPS: Final = 2
"""Completed gaps that a customer's own median needs."""


class Rhythm(Result):
    """One row per customer: its purchase days, its usual gap, and how late it is."""

    customer_id: pl.String = pa.Field()
    purchase_days: pl.Int64 = pa.Field(ge=1)
    first_day: pl.Date = pa.Field()
    last_day: pl.Date = pa.Field()
    gaps: pl.Int64 = pa.Field(ge=0)
    median_gap: pl.Float64 = pa.Field(gt=0, nullable=True)
    usual_gap: pl.Float64 = pa.Field(gt=0, nullable=True)
    days_since: pl.Int64 = pa.Field(ge=0)
    overdue_ratio: pl.Float64 = pa.Field(ge=0, nullable=True)
    expected_on: pl.Date = pa.Field(nullable=True)


def customer_rhythm(
    days: LazyFrame[PurchaseDays], *, as_of: date, group_gap: float | None
) -> DataFrame[Rhythm]:
    """Purchase rhythm: a customer's usual days between purchases, and how late it is.

    Formula: usual gap = (k x median of its k completed gaps + 2 x the group's median
        gap) / (k + 2), so that a one-time buyer has a rhythm too; overdue ratio = days
        since the last purchase / usual gap; expected next = last purchase + usual gap.
        The customer's own median is told from 2 completed gaps on: fewer are biased
        short, as long ones are still open
    Grain: one row per customer: purchase_days, first_day, last_day, gaps, median_gap,
        usual_gap, days_since, overdue_ratio, expected_on; without a median of the group
        the last three are null
    Units: days; ratio, above 2 the customer is at risk
    Source: purchase days as of the date; the group's median by Kaplan-Meier over all
        customers' gaps, open ones censored
    """
    gap = pl.col("day").diff().dt.total_days()
    told = (
        days.unique(["customer_id", "day"])
        .sort("customer_id", "day")
        .group_by("customer_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("purchase_days"),
            pl.col("day").first().alias("first_day"),
            pl.col("day").last().alias("last_day"),
            gap.drop_nulls().median().alias("own_gap"),
        )
    )
    gaps = pl.col("purchase_days") - 1
    since = (pl.lit(as_of) - pl.col("last_day")).dt.total_days()
    usual = usual_gap(gaps, pl.col("own_gap"), group_gap)
    whole = told.with_columns(
        gaps.alias("gaps"), since.alias("days_since"), usual.alias("usual_gap")
    ).with_columns(
        pl.when(pl.col("gaps") >= MIN_GAPS).then("own_gap").alias("median_gap"),
        overdue_ratio(pl.col("days_since"), pl.col("usual_gap")).alias("overdue_ratio"),
        (pl.col("last_day") + pl.duration(days=pl.col("usual_gap").round())).alias(
            "expected_on"
        ),
    )
    return Rhythm.validate(whole.select(*Rhythm.to_schema().columns).collect())


def usual_gap(gaps: pl.Expr, own: pl.Expr, group_gap: float | None) -> pl.Expr:
    """A customer's median gap, drawn towards the group's; null without the group's."""
    group = pl.lit(group_gap, pl.Float64)
    return (gaps * own.fill_null(0.0) + SHRINKAGE * group) / (gaps + SHRINKAGE)


def overdue_ratio(days_since: pl.Expr, gap: pl.Expr) -> pl.Expr:
    """Days since the last purchase over the usual gap."""
    return days_since / gap
