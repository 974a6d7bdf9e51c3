"""How long customers wait: for a first response, and for the end of a ticket."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.service import Waits
from metrics.estimates import CONFIDENCE, ratio
from metrics.frames import Estimate
from metrics.repurchase import log_log

HALF, MOST = 0.5, 0.9
NEAR = 1e-12
CLOCKS = {"calendar": "", "business": "business_"}
NOT_HALF = "fewer than half have ended where the curve ends"
NOT_MOST = "fewer than 90% have ended where the curve ends"
KEYS = ("segment", "clock")


class WaitTimes(Estimate):
    """One row per segment: the median wait and the 90th percentile, on both clocks."""

    done: pl.Int64 = Field(ge=0)
    p90: pl.Float64 = Field(nullable=True)
    p90_reason: pl.String = Field(nullable=True)
    business_median: pl.Float64 = Field(nullable=True)
    business_p90: pl.Float64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


def first_response_time(
    waits: LazyFrame[Waits], *, confidence: float = CONFIDENCE
) -> DataFrame[WaitTimes]:
    """First response: hours from opening to it, of half and of 90% of tickets.

    Formula: Kaplan-Meier over tickets opened in the window; tickets without a response
        count up to the end of the as-of date; value: the first minute by which half had
        one, p90: 90%; null where the curve does not get that far. Calendar time, and
        business time: while the desk is open by the settings
    Interval: of the median, from the curve's log-log interval, 95%
    Grain: one row per segment: segment, value, n = tickets, ci_low, ci_high, done, p90,
        business_median, business_p90
    Units: hours, to the minute below
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958);
        Brookmeyer, Crowley, Biometrics 38 (1982)
    """
    return _times(waits, confidence)


def resolution_time(
    waits: LazyFrame[Waits], *, confidence: float = CONFIDENCE
) -> DataFrame[WaitTimes]:
    """Resolution: hours from opening to the resolution, of half and of 90% of tickets.

    Formula: Kaplan-Meier over tickets opened in the window; tickets without resolution
        count up to the end of the as-of date; a ticket closed without one ends then;
        value: the first minute by which half had ended, p90: 90%; null where the curve
        does not get that far. Calendar time, and business time: while the desk is open
    Interval: of the median, from the curve's log-log interval, 95%
    Grain: one row per segment: segment, value, n = tickets, ci_low, ci_high, done, p90,
        business_median, business_p90
    Units: hours, to the minute below
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958);
        Brookmeyer, Crowley, Biometrics 38 (1982)
    """
    return _times(waits, confidence)


def _times(waits: pl.LazyFrame, confidence: float) -> DataFrame[WaitTimes]:
    tickets = pl.col("tickets")
    sizes = waits.filter(pl.col("clock") == "calendar").group_by("segment")
    rows = sizes.agg(
        tickets.sum().alias("n"), tickets.filter(pl.col("ended")).sum().alias("done")
    )
    for clock, name in CLOCKS.items():
        found = _quantiles(_curves(waits.filter(pl.col("clock") == clock), confidence))
        found = found.select("segment", pl.exclude("segment").name.prefix(name))
        rows = rows.join(found, on="segment", how="left")
    half, most = pl.col("median"), pl.col("p90")
    shown = rows.sort("segment").with_columns(
        half.alias("value"),
        pl.when(half.is_null()).then(pl.lit(NOT_HALF)).alias("reason"),
        pl.when(most.is_null()).then(pl.lit(NOT_MOST)).alias("p90_reason"),
    )
    columns = list(WaitTimes.to_schema().columns)
    return WaitTimes.validate(shown.select(columns).collect())


def _curves(waits: pl.LazyFrame, confidence: float) -> pl.LazyFrame:
    """Per segment and minute the share of tickets that have ended, and its interval."""
    ended = pl.col("tickets").filter(pl.col("ended")).sum()
    minutes = waits.group_by("segment", "minutes").agg(
        ended.alias("events"), pl.col("tickets").sum().alias("leaving")
    )
    left = pl.col("leaving").cum_sum(reverse=True).over("segment")
    events, risk = pl.col("events"), pl.col("at_risk")
    spread = ratio(events, risk * (risk - events)).cum_sum().over("segment")
    sorted_ = minutes.filter(pl.col("leaving") > 0).sort("segment", "minutes")
    curve = sorted_.with_columns(left.alias("at_risk")).with_columns(
        (1 - ratio(events, risk)).cum_prod().over("segment").alias("kept"),
        spread.fill_null(float("inf")).alias("spread"),
    )
    bounds = log_log(confidence)
    return curve.with_columns((1 - pl.col("kept")).alias("share"), *bounds)


def _quantiles(curves: pl.LazyFrame) -> pl.LazyFrame:
    """The hours after which the curve, or a bound of it, gets that far."""
    return curves.group_by("segment").agg(
        _first("share", HALF).alias("median"),
        _first("ci_high", HALF).alias("ci_low"),
        _first("ci_low", HALF).alias("ci_high"),
        _first("share", MOST).alias("p90"),
    )


def _first(column: str, share: float) -> pl.Expr:
    reached = pl.col(column) >= share - NEAR
    return pl.col("minutes").filter(reached).min() / 60
