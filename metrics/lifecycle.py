"""The life cycle: stages and flows, purchase after purchase, and what winning costs."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import Durations
from data.schemas.lifecycle import ChannelCosts, LeadSteps, StageCells, StepCells
from metrics.estimates import CONFIDENCE, ratio, wilson
from metrics.frames import Result
from metrics.repurchase import kaplan_meier, median_days
from metrics.stages import STAGES

YEAR = 365
KNOWN = STAGES[:-1]
TOO_SHORT = "fewer than 10 customers still wait after a year"
NO_SPEND = "no spend of this channel in these months"
NOBODY_WON = "nobody was won in these months"


class StageCount(Result):
    """One row per stage: its customers."""

    segment: pl.String = Field()
    customers: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(nullable=True)


class StageFlow(Result):
    """One row per stage before and stage: the customers who made that move."""

    stage_from: pl.String = Field()
    stage: pl.String = Field()
    customers: pl.Int64 = Field(ge=0)


class StagePerson(Result):
    """One row per customer of a stage: who it is and what it has bought."""

    customer_id: pl.String = Field()
    stage_from: pl.String = Field()
    stage: pl.String = Field()
    store: pl.String = Field()
    region: pl.String = Field()
    customer_type: pl.String = Field()
    acquisition_channel: pl.String = Field()
    tier: pl.String = Field()
    first_day: pl.Date = Field(nullable=True)
    last_day: pl.Date = Field(nullable=True)
    days: pl.Int64 = Field(nullable=True)
    annual_revenue: pl.Float64 = Field(nullable=True)

    class Config:
        coerce = True


class Step(Result):
    """One row per step: who stood before it, who took it, and how soon."""

    segment: pl.String = Field()
    value: pl.Float64 = Field(nullable=True)
    ci_low: pl.Float64 = Field(nullable=True)
    ci_high: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field(ge=0)
    went_on: pl.Int64 = Field(ge=0)
    waiting: pl.Int64 = Field(ge=0)
    median_days: pl.Int64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


class FunnelStep(Result):
    """One row per channel and stage: leads that came so far, and the share that did."""

    segment: pl.String = Field()
    stage: pl.String = Field()
    count: pl.Int64 = Field(ge=0)
    n: pl.Int64 = Field(ge=0)
    value: pl.Float64 = Field(nullable=True)
    ci_low: pl.Float64 = Field(nullable=True)
    ci_high: pl.Float64 = Field(nullable=True)
    median_days: pl.Float64 = Field(nullable=True)


class Cost(Result):
    """One row per channel: what a customer costs to win, and what it is worth."""

    segment: pl.String = Field()
    value: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field(ge=0)
    spend: pl.Float64 = Field(nullable=True)
    clv: pl.Float64 = Field(nullable=True)
    ltv_cac: pl.Float64 = Field(nullable=True)
    payback_months: pl.Int64 = Field(nullable=True)
    months: pl.Int64 = Field(ge=0)
    reason: pl.String = Field(nullable=True)


def lifecycle_stage(cells: LazyFrame[StageCells]) -> DataFrame[StageCount]:
    """Life-cycle stages: every customer is in one, the first that fits.

    Formula: prospect: no purchase; dormant: none for 365 days; reactivated: a purchase
        in the last 90 days that ended a gap of 365 or more; new: the first within 90
        days; at risk: days since the last > 2 x own gap, which is (k x median of its k
        gaps + 2 x everyone's median) / (k + 2); active: the rest
    Interval: none, these are counts
    Grain: one row per stage
    Units: customers; share of all customers known on the date
    Source: the purchase days themselves
    """
    found = cells.filter(pl.col("stage") != "absent").group_by("stage")
    counts = dict(found.agg(pl.sum("customers")).collect().iter_rows())
    rows = pl.DataFrame(
        {"segment": KNOWN, "customers": [counts.get(name, 0) for name in KNOWN]},
        schema={"segment": pl.String, "customers": pl.Int64},
    )
    share = ratio(pl.col("customers"), pl.sum("customers"))
    return StageCount.validate(rows.with_columns(share.alias("share")))


def lifecycle_flows(cells: LazyFrame[StageCells]) -> DataFrame[StageFlow]:
    """Life-cycle flows: who moved from which stage to which since the month end before.

    Formula: customers by stage at the month end before and stage at the date; rows sum
        to the stages then, columns to the stages now; `absent`: not known yet then
    Interval: none, these are counts
    Grain: one row per stage before and stage
    Units: customers
    Source: the purchase days themselves
    """
    found = cells.filter(pl.col("stage") != "absent").group_by("stage_from", "stage")
    places = {name: place for place, name in enumerate(STAGES)}
    order = [
        pl.col(name).replace_strict(places, return_dtype=pl.Int64)
        for name in ("stage_from", "stage")
    ]
    return StageFlow.validate(found.agg(pl.sum("customers")).sort(order).collect())


def lifecycle_customers(people: pl.DataFrame) -> DataFrame[StagePerson]:
    """Customers of a stage, or of a move between two stages, on the last day.

    Formula: as `lifecycle_stage` and `lifecycle_flows`
    Interval: none
    Grain: one row per customer
    Units: days; currency
    Source: the purchase days themselves
    """
    return StagePerson.validate(people)


def purchase_steps(
    cells: LazyFrame[StepCells], *, confidence: float = CONFIDENCE
) -> DataFrame[Step]:
    """Purchase after purchase: of those with a k-th purchase day, who has a next one.

    Formula: Kaplan-Meier per step: the share with another purchase day within 365 days;
        who still waits counts up to the as-of date. Median: the first day by which half
        had gone on
    Interval: Greenwood's variance on the log-log scale, 95%
    Grain: one row per step, 1-2 is from the first to the second: n = customers who
        stood before it, went_on so far, waiting = still open, median_days
    Units: share, 0 to 1; days; customers
    Source: Kaplan, Meier, Journal of the American Statistical Association 53 (1958)
    """
    sums = cells.group_by("step", "days", "ended").agg(pl.sum("customers")).collect()
    told = [
        _step(int(number), sums.filter(pl.col("step") == number), confidence)
        for number in sums["step"].unique().sort()
    ]
    schema = {k: v.dtype.type for k, v in Step.to_schema().columns.items()}
    return Step.validate(pl.DataFrame(told, schema=schema))


def acquisition_funnel(
    steps: LazyFrame[LeadSteps], *, confidence: float = CONFIDENCE
) -> DataFrame[FunnelStep]:
    """Acquisition funnel: leads by how far they came, by channel.

    Formula: reached, interested, trial, converted, repeat (a second purchase day); who
        came further has passed the stages before; conversion = leads at a stage / leads
        at the one before. Leads reached lately may still come on
    Interval: Wilson, 95%
    Grain: one row per channel and stage, and for all: count, n = leads of the stage
        before, value = conversion, median_days from the stage before
    Units: leads; share; days
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    base = pl.col("before").fill_null(0)
    bounds = wilson(pl.col("count"), base, confidence=confidence)
    rows = steps.with_columns(
        base.alias("n"), ratio(pl.col("count"), base).alias("value"), *bounds
    )
    return FunnelStep.validate(rows.select(*FunnelStep.to_schema().columns).collect())


def cac(costs: LazyFrame[ChannelCosts]) -> DataFrame[Cost]:
    """Cost of winning a customer, beside what one is worth, and months to earn it back.

    Formula: CAC = channel spend / new customers of the channel, both in the calendar
        months that lie wholly in the window; LTV:CAC = mean CLV of the channel's
        customers / CAC; payback = the first month since the first purchase by which the
        mean margin so far reaches CAC, over cohorts observed for that long
    Interval: none: spend and customers are counted; that of CLV is in `clv`
    Grain: one row per channel: value = CAC, n = customers won, spend, months
    Units: currency per customer; ratio; months
    Source: the spend and purchases themselves
    """
    value = ratio(pl.col("spend"), pl.col("won"))
    why = (
        pl.when(pl.col("spend").is_null())
        .then(pl.lit(NO_SPEND))
        .when(pl.col("won") == 0)
        .then(pl.lit(NOBODY_WON))
    )
    rows = costs.with_columns(value.alias("value"), why.alias("reason"))
    return Cost.validate(
        rows.with_columns(
            pl.col("won").alias("n"),
            pl.col("payback").alias("payback_months"),
            ratio(pl.col("clv"), pl.col("value")).alias("ltv_cac"),
        )
        .select(*Cost.to_schema().columns)
        .collect()
    )


def _step(number: int, part: pl.DataFrame, confidence: float) -> dict[str, object]:
    n = int(part["customers"].sum())
    went = int(part.filter(pl.col("ended"))["customers"].sum())
    curve = kaplan_meier(Durations.validate(part.lazy()), confidence=confidence)
    told: dict[str, object] = {"segment": f"{number}-{number + 1}", "n": n}
    told |= {"went_on": went, "waiting": n - went, "median_days": median_days(curve)}
    if part["days"].max() is None or curve.is_empty():
        return {**told, "reason": TOO_SHORT}
    row = curve.filter(pl.col("days") <= YEAR).tail(1).to_dicts()
    followed = int(part.filter(pl.col("days") >= YEAR)["customers"].sum())
    if not row or followed < 10:
        return {**told, "reason": TOO_SHORT}
    return {**told, **{k: row[0][k] for k in ("value", "ci_low", "ci_high")}}
