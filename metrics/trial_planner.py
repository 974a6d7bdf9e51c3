"""Plan the next test: how many members it needs, and who gets which arm."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.trials import Candidates
from metrics.estimates import CONFIDENCE, EVERYONE, ratio, wilson
from metrics.frames import Result
from metrics.power import reach, unequal

TREATMENT, CONTROL = "treatment", "control"
NOBODY: Final = "nobody is in view"
NO_BASE: Final = "nobody of this audience bought in the days before: give --baseline"
TOO_FEW: Final = "the audience is smaller than the members needed"
CERTAIN: Final = "the lift would bring the share to 100% or more"


@dataclass(frozen=True)
class Aims:
    """What a test is for: the lift to find, what is given to control, for how long."""

    lift: float
    control: float
    days: int
    threshold: float
    baseline: float | None = None


class TrialPlan(Result):
    """One row: the audience, its usual share, and the members that a test needs."""

    segment: pl.String = pa.Field(eq=EVERYONE)
    audience: pl.Int64 = pa.Field(ge=0)
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)
    lift: pl.Float64 = pa.Field()
    treatment: pl.Int64 = pa.Field(nullable=True)
    control: pl.Int64 = pa.Field(nullable=True)
    beyond_treatment: pl.Int64 = pa.Field(nullable=True)
    beyond_control: pl.Int64 = pa.Field(nullable=True)
    detectable: pl.Float64 = pa.Field(nullable=True)
    days: pl.Int64 = pa.Field(gt=0)
    reason: pl.String = pa.Field(nullable=True)


class Assignment(Result):
    """One row per member: its arm, in the columns of the table campaign_members."""

    campaign_id: pl.String = pa.Field()
    customer_id: pl.String = pa.Field()
    arm: pl.String = pa.Field(isin=(TREATMENT, CONTROL))
    assigned_at: pl.Date = pa.Field()
    tier: pl.String = pa.Field()


def trial_plan(
    audience: int, bought: tuple[int, int], aims: Aims
) -> DataFrame[TrialPlan]:
    """Plan of a test: the members per arm that find a lift of the share who buy.

    Formula: p = the share of such customers who bought within as many days, a window
        ago; p1 = p (1 + lift); control = (z_a/2 + z_b)^2 (p1 (1 - p1) / k + p (1 - p))
        / (p1 - p)^2, treatment = k control, k = the planned shares' ratio; to show more
        than the threshold tau the same with (1 + tau)^2 p (1 - p) and p1 - (1 + tau) p;
        detectable = the lift that the whole audience would find. Power 80%, 5%
    Interval: Wilson for p, 95%
    Grain: one row: audience, value = p, n, ci_low, ci_high, lift, treatment, control,
        beyond_treatment, beyond_control, detectable, days, and spared = customers in
        view left out, as they refused to be contacted or are held out of a programme
    Units: members; shares; days until the test can be read, from the day of assignment
    Source: Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 2003
    """
    buyers, n = bought
    share = aims.baseline if aims.baseline is not None else buyers / n if n else None
    told: dict[str, float | None] = {
        "audience": audience,
        "value": share,
        "n": n,
        **_interval(buyers, n),
        "lift": aims.lift,
        "days": aims.days,
    }
    why = _impossible(audience, share, aims)
    if why is not None or share is None:
        return _row(told, why)
    ratio_of_arms = (1 - aims.control) / aims.control
    treated, spared = beyond(share, 0.0, aims.lift, ratio_of_arms)
    told |= {"treatment": treated, "control": spared}
    if aims.lift > aims.threshold:
        names = ("beyond_treatment", "beyond_control")
        sizes = beyond(share, aims.threshold, aims.lift, ratio_of_arms)
        told |= dict(zip(names, sizes, strict=True))
    spread = 1 / (audience * aims.control) + 1 / (audience * (1 - aims.control))
    error = math.sqrt(share * (1 - share) * spread)
    told["detectable"] = reach() * error / share
    return _row(told, TOO_FEW if treated + spared > audience else None)


def beyond(share: float, threshold: float, lift: float, k: float) -> tuple[int, int]:
    """Members of treatment and control that show more than a threshold, k = nt / nc."""
    other = share * (1 + lift)
    variances = other * (1 - other), (1 + threshold) ** 2 * share * (1 - share)
    return unequal(variances, other - (1 + threshold) * share, k)


def trial_assignment(
    candidates: LazyFrame[Candidates],
    *,
    campaign: str,
    control: float,
    members: int | None = None,
) -> DataFrame[Assignment]:
    """Assignment: who gets which arm, by lot within each tier, the same every time.

    Formula: customers in the order of a lot (a hash of the seed and the id) within
        their tier; of each tier as many as its share of the audience, and of these as
        many to control as planned, so that both hold to within one over all tiers
    Grain: one row per member: campaign_id, customer_id, arm, assigned_at, tier; the
        columns of the table campaign_members, so that the file can be loaded as it is
    Units: none
    Source: stratified randomisation; the lot is MD5 over the seed and the customer's id
    """
    rows = candidates.sort("tier", "lot", "customer_id").collect()
    wanted = rows.height if members is None else min(members, rows.height)
    drawn = _evenly(rows, wanted)
    spared = round(drawn.height * control)
    kept = drawn.join(_evenly(drawn, spared).select("customer_id"), on="customer_id")
    inside = pl.col("customer_id").is_in(kept["customer_id"].implode())
    return Assignment.validate(
        drawn.select(
            pl.lit(campaign).alias("campaign_id"),
            "customer_id",
            pl.when(inside)
            .then(pl.lit(CONTROL))
            .otherwise(pl.lit(TREATMENT))
            .alias("arm"),
            "assigned_at",
            "tier",
        ).sort("customer_id")
    )


def _evenly(rows: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """So many rows: the first of each tier, as many as its share, `wanted` in all."""
    if not rows.height:
        return rows
    sizes = rows.group_by("tier", maintain_order=True).len()
    ends = sizes["len"].cum_sum() * wanted // rows.height
    quota = sizes.with_columns((ends - ends.shift(1, fill_value=0)).alias("quota"))
    place = pl.int_range(pl.len()).over("tier")
    ranked = rows.with_columns(place.alias("place")).join(quota, on="tier")
    return ranked.filter(pl.col("place") < pl.col("quota")).select(rows.columns)


def _impossible(audience: int, share: float | None, aims: Aims) -> str | None:
    if not audience:
        return NOBODY
    if not share:
        return NO_BASE
    return CERTAIN if share * (1 + aims.lift) >= 1 else None


def _interval(buyers: int, n: int) -> dict[str, float | None]:
    k, of = pl.lit(buyers), pl.lit(n)
    low, high = wilson(k, of, confidence=CONFIDENCE)
    row = pl.select(ratio(k, of), low.alias("low"), high.alias("high")).row(0)
    return {"ci_low": row[1], "ci_high": row[2]}


def _row(told: Mapping[str, object], reason: str | None) -> DataFrame[TrialPlan]:
    columns = TrialPlan.to_schema().columns
    schema = {name: column.dtype.type for name, column in columns.items()}
    row = {name: told.get(name) for name in columns}
    row |= {"segment": EVERYONE, "reason": reason}
    return TrialPlan.validate(pl.DataFrame([row], schema=schema))
