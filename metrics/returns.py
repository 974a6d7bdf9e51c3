"""How soon customers come back: the whole curve, and its trend at a fixed age."""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import Durations, RepurchaseCells
from metrics.estimates import CONFIDENCE, EVERYONE
from metrics.frames import HorizonEstimate, ReturnCurve
from metrics.repurchase import MIN_AT_RISK, kaplan_meier, median_days, repurchase_within

FEW_BACK = "fewer than half have bought again where the curve ends"
FEW_BUYERS = f"fewer than {MIN_AT_RISK} first-time buyers"
FEW_GAPS = f"fewer than {MIN_AT_RISK} purchase days"
MONTH = "month"


def repurchase_curve(
    durations: LazyFrame[Durations],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[ReturnCurve]:
    """Bought again: the share of first-time buyers who did, by days since the first.

    Formula: Kaplan-Meier: 1 - product of (1 - d / m) over the days: d bought again, m
        had not yet; customers not yet back count up to the as-of date. Median: the
        first day by which half had bought again
    Interval: Greenwood's variance on the log-log scale, 95%; before the first return
        Wilson's for none of those at risk; the curve ends under 10 at risk
    Grain: one row per segment of `by` and day: segment, days, n = first-time buyers,
        at_risk, events, value, ci_low, ci_high, median_days, median_reason; a single
        row without a value where there are fewer than 10 first-time buyers
    Units: share, 0 to 1; days; customers
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958);
        Greenwood 1926
    """
    return _by_segment(durations, by, confidence, FEW_BUYERS)


def purchase_interval(
    durations: LazyFrame[Durations], *, by: str = EVERYONE
) -> DataFrame[ReturnCurve]:
    """Days between purchases: the share of purchase days with another one so soon.

    Formula: Kaplan-Meier over gaps between purchase days of a customer that follow each
        other; the open gap since the last one counts up to the as-of date. Median: the
        first day by which half were followed by another
    Interval: none: the gaps of one customer are not independent
    Grain: one row per segment of `by` and day: segment, days, n = purchase days,
        at_risk, events, value, median_days, median_reason; a single row without a value
        where there are fewer than 10 purchase days
    Units: share, 0 to 1; days; purchase days
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958)
    """
    unknown = pl.lit(None, pl.Float64)
    found = _by_segment(durations, by, CONFIDENCE, FEW_GAPS)
    return ReturnCurve.validate(
        found.with_columns(unknown.alias("ci_low"), unknown.alias("ci_high"))
    )


def repurchase_at_age(
    cells: LazyFrame[RepurchaseCells], *, confidence: float = CONFIDENCE
) -> DataFrame[HorizonEstimate]:
    """Repurchase at a fixed age: a month's first-time buyers, back within n days.

    Formula: customers of the month with another purchase 1 to n days after the first /
        customers whose first purchase lies in the month; n = 30, 60, 90, 180, 365; only
        months of which every customer's n days have passed
    Interval: Wilson, 95%
    Grain: one row per horizon and month of the first purchase: horizon_days, segment =
        month, value, n = first-time buyers, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return repurchase_within(cells, by=MONTH, confidence=confidence)


def _by_segment(
    durations: pl.LazyFrame, by: str, confidence: float, few: str
) -> DataFrame[ReturnCurve]:
    name = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    parts = durations.with_columns(name.alias("segment")).sort("segment").collect()
    curves = [
        _curve(part, confidence, few)
        for part in parts.partition_by("segment", maintain_order=True)
    ]
    return ReturnCurve.validate(pl.concat([ReturnCurve.empty(), *curves]))


def _curve(part: pl.DataFrame, confidence: float, few: str) -> pl.DataFrame:
    """The curve of a segment; one row that says why where there is none."""
    curve = kaplan_meier(Durations.validate(part.lazy()), confidence=confidence)
    middle, n = median_days(curve), int(part["customers"].sum())
    reason = FEW_BACK if middle is None else None
    rows: pl.DataFrame = curve
    if curve.is_empty():
        reason, row = few, {"days": 0, "at_risk": n, "events": 0}
        rows = pl.DataFrame([row], schema=curve.schema)
    told = rows.with_columns(
        pl.lit(part["segment"][0]).alias("segment"),
        pl.lit(n, pl.Int64).alias("n"),
        pl.lit(middle, pl.Int64).alias("median_days"),
        pl.lit(reason, pl.String).alias("median_reason"),
    )
    return told.select(*ReturnCurve.to_schema().columns)
