"""What customers complain about, whether it comes back, and where the loop stands."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.service import ComplaintSums, LoopSums
from metrics.estimates import (
    CONFIDENCE,
    EVERYONE,
    estimates,
    ratio,
    segments,
    wilson,
)
from metrics.frames import Estimate, Result


class Pareto(Result):
    """One row per segment, the most frequent first: its share, and that so far."""

    segment: pl.String = Field()
    value: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(ge=0, le=1, nullable=True)
    share_so_far: pl.Float64 = Field(ge=0, nullable=True)
    before: pl.Int64 = Field(ge=0)
    change: pl.Int64 = Field()


class Loop(Result):
    """One row per step of the closed loop."""

    segment: pl.String = Field()
    value: pl.Int64 = Field(ge=0, nullable=True)
    share: pl.Float64 = Field(ge=0, le=1, nullable=True)
    waiting: pl.Int64 = Field(ge=0, nullable=True)
    breached: pl.Int64 = Field(ge=0, nullable=True)
    median_hours: pl.Float64 = Field(ge=0, nullable=True)
    oldest_hours: pl.Float64 = Field(ge=0, nullable=True)
    taken_hours: pl.Float64 = Field(nullable=True)
    limit_hours: pl.Float64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


NOT_KEPT = "no complaint has a date of this step"


def complaint_pareto(
    sums: LazyFrame[ComplaintSums], *, by: str = "segment"
) -> DataFrame[Pareto]:
    """Complaints by what they are about: which few make up most of them.

    Formula: complaints opened in the window, by type, or by --by cause; share of all;
        share_so_far: its own and those above it; change against the window before
    Grain: one row per segment, the most frequent first: segment, value, share,
        share_so_far, before, change
    Units: complaints; share, 0 to 1
    Source: Juran, Quality Control Handbook, 1951
    """
    counts = (pl.col("complaints").sum(), pl.col("before").sum())
    rows = segments(sums, by, *counts).sort(
        ["complaints", "segment"], descending=[True, False]
    )
    n = pl.col("complaints")
    shown = rows.with_columns(
        n.alias("value"),
        ratio(n, n.sum()).alias("share"),
        ratio(n.cum_sum(), n.sum()).alias("share_so_far"),
        (n - pl.col("before")).alias("change"),
    )
    return Pareto.validate(shown.select(*Pareto.to_schema().columns).collect())


def complaint_recurrence(
    sums: LazyFrame[ComplaintSums],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Recurring complaints: the customer had complained of the same not long before.

    Formula: complaints of a known type opened in the window, whose customer had opened
        another of that type before it, at most 90 days earlier (a setting) / complaints
        of a known type opened in the window
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = complaints, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    k, n = pl.col("recurring"), pl.col("typed")
    rows = segments(sums, by, k.sum(), n.sum())
    bounds = wilson(k, n, confidence=confidence)
    return estimates(
        rows.with_columns(ratio(k, n).alias("value"), n.alias("n"), *bounds)
    )


def complaint_loop(sums: LazyFrame[LoopSums]) -> DataFrame[Loop]:
    """The closed loop of complaints: how far they came, and where they stand.

    Formula: value: complaints opened in the window that came to a step, or to a later
        one; waiting: those that came no further; breached: waiting for the next step
        for longer than its limit of the settings. median_hours, oldest_hours: since
        when they wait; taken_hours: the median from the step before, of those that
        came. Unknown where no complaint has a date of the step
    Grain: one row per step: received, verified, assigned, planned, executed, reported,
        called_back, tracked
    Units: complaints; hours on the calendar, as of the end of the as-of date
    Source: the rows of tickets themselves
    """
    received = pl.col("reached").first()
    hours = {"median_age": "median_hours", "oldest_age": "oldest_hours"}
    shown = sums.with_columns(
        pl.col("step").alias("segment"),
        pl.col("reached").alias("value"),
        ratio(pl.col("reached"), received).alias("share"),
        *((pl.col(name) / 3600).alias(told) for name, told in hours.items()),
        (pl.col("taken") / 3600).alias("taken_hours"),
        pl.when(pl.col("reached").is_null()).then(pl.lit(NOT_KEPT)).alias("reason"),
    )
    return Loop.validate(shown.select(*Loop.to_schema().columns).collect())
