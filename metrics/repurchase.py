"""Do customers come back? How many, and how soon."""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame
from scipy.special import ndtri

from data.schemas.cells import Durations, PurchaseCells, RepurchaseCells
from metrics.customers import share
from metrics.estimates import CONFIDENCE, EVERYONE, ratio, wilson
from metrics.frames import Estimate, HorizonEstimate, Survival

HORIZONS = (30, 60, 90, 180, 365)
MIN_AT_RISK = 10


def repurchase_rate(
    cells: LazyFrame[PurchaseCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Repurchase rate: buyers of the window who bought on two days or more.

    Formula: customers with >= 2 purchase days / customers with >= 1, in the
        window (365 days by default)
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = buyers, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return share(cells, ("repeat_buyers", "buyers"), by, confidence)


def returning_share(
    cells: LazyFrame[PurchaseCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Returning share: buyers of the period who had bought before it.

    Formula: buyers whose first purchase lies before the period / buyers of the period
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = buyers, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return share(cells, ("returning_buyers", "buyers"), by, confidence)


def repurchase_within(
    cells: LazyFrame[RepurchaseCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[HorizonEstimate]:
    """Repurchase within n days: first-time buyers who bought again on a later day.

    Formula: customers with another purchase 1 to n days after the first / customers
        whose first purchase lies at least n days back; n = 30, 60, 90, 180, 365
    Interval: Wilson, 95%
    Grain: one row per horizon and segment of `by`: horizon_days, segment, value,
        n = first-time buyers, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    k, n = pl.col("bought_again"), pl.col("first_buyers")
    segment = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    sums = cells.group_by("horizon_days", segment.alias("segment")).agg(
        k.sum(), n.sum()
    )
    rows = _every_horizon(sums) if by == EVERYONE else sums
    bounds = wilson(k, n, confidence=confidence)
    shown = rows.sort("horizon_days", "segment").select(
        "horizon_days", "segment", ratio(k, n).alias("value"), n.alias("n"), *bounds
    )
    return HorizonEstimate.validate(shown.collect())


def kaplan_meier(
    durations: LazyFrame[Durations],
    *,
    confidence: float = CONFIDENCE,
    min_at_risk: int = MIN_AT_RISK,
) -> DataFrame[Survival]:
    """Bought again by day: the share of first-time buyers back within so many days.

    Formula: 1 - product of (1 - d / n) over the days: d returned, n still at risk;
        customers not yet back count until the as-of date
    Interval: Greenwood's variance on the log-log scale, 95%; before the first return
        Wilson's for none of those at risk; the curve ends under 10 at risk
    Grain: one row per day: days, at_risk, events, value, ci_low, ci_high
    Units: share, 0 to 1
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958);
        Greenwood 1926
    """
    kept = pl.col("staying").cum_prod().alias("kept")
    rows = _at_risk(durations).with_columns(
        staying=1 - ratio(pl.col("events"), pl.col("at_risk")),
        spread=pl.col("events")
        / (pl.col("at_risk") * (pl.col("at_risk") - pl.col("events"))),
    )
    curve = rows.with_columns(kept, pl.col("spread").cum_sum())
    shown = curve.with_columns(
        (1 - pl.col("kept")).alias("value"), *log_log(confidence)
    )
    return Survival.validate(
        shown.filter(pl.col("at_risk") >= min_at_risk)
        .select(*Survival.to_schema().columns)
        .collect()
    )


def median_days(curve: DataFrame[Survival]) -> int | None:
    """The first day by which half have come back; unknown where half never do."""
    reached = curve.filter(pl.col("value") >= 0.5 - 1e-12).get_column("days").min()
    return reached if isinstance(reached, int) else None


def _every_horizon(sums: pl.LazyFrame) -> pl.LazyFrame:
    horizons = pl.LazyFrame({"horizon_days": HORIZONS, "segment": EVERYONE})
    rows = horizons.join(
        sums, on=["horizon_days", "segment"], how="full", coalesce=True
    )
    return rows.with_columns(pl.col("bought_again", "first_buyers").fill_null(0))


def _at_risk(durations: pl.LazyFrame) -> pl.LazyFrame:
    """Per day: who waits still, and who returns; returns go before censorings."""
    ended = pl.col("customers").filter(pl.col("ended")).sum()
    days = durations.group_by("days").agg(
        ended.alias("events"), pl.col("customers").sum().alias("leaving")
    )
    later = pl.col("leaving").cum_sum(reverse=True).alias("at_risk")
    return days.filter(pl.col("leaving") > 0).sort("days").with_columns(later)


def log_log(confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """The interval of 1 - `kept` on the log-log scale, of Greenwood's `spread`."""
    z = float(ndtri(0.5 + confidence / 2))
    kept, begun = pl.col("kept"), pl.col("spread") > 0
    width = z * pl.col("spread").sqrt() / kept.log().abs()
    none_back = wilson(pl.lit(0), pl.col("at_risk"), confidence=confidence)[1]
    inside = begun & (kept > 0)
    low, high = (1 - kept ** (sign * width).exp() for sign in (-1, 1))
    return (
        pl.when(inside).then(low).when(~begun).then(0.0).alias("ci_low"),
        pl.when(inside).then(high).when(~begun).then(none_back).alias("ci_high"),
    )
