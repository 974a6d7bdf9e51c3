"""What the churn metrics answer with: the columns of each result frame."""

import pandera.polars as pa
import polars as pl

from metrics.frames import Estimate, Result


class ChurnEvaluation(Result):
    """One row per rule: how well it told who would leave, on a later day."""

    segment: pl.String = pa.Field()
    used: pl.Boolean = pa.Field()
    n: pl.Int64 = pa.Field(ge=0)
    churned: pl.Int64 = pa.Field(ge=0)
    auc: pl.Float64 = pa.Field(nullable=True)
    brier: pl.Float64 = pa.Field(nullable=True)
    skill: pl.Float64 = pa.Field(nullable=True)
    slope: pl.Float64 = pa.Field(nullable=True)
    intercept: pl.Float64 = pa.Field(nullable=True)
    difference: pl.Float64 = pa.Field(nullable=True)
    difference_low: pl.Float64 = pa.Field(nullable=True)
    difference_high: pl.Float64 = pa.Field(nullable=True)
    horizon_days: pl.Int64 = pa.Field(gt=0)
    trained_on: pl.Date = pa.Field(nullable=True)
    calibrated_on: pl.Date = pa.Field(nullable=True)
    tested_on: pl.Date = pa.Field(nullable=True)
    reason: pl.String = pa.Field(nullable=True)


class ChurnCurve(Estimate):
    """One row per rule and tenth of the customers: what was said, and what came."""

    tenth: pl.Int64 = pa.Field()
    predicted: pl.Float64 = pa.Field(nullable=True)


class ChurnPrecision(Estimate):
    """One row per rule and length of the list: the share of it that left."""

    top: pl.Int64 = pa.Field(gt=0)
    base: pl.Float64 = pa.Field()
    lift: pl.Float64 = pa.Field(nullable=True)


class ChurnProbability(Estimate):
    """One row per segment: the expected share that buys no more in the horizon."""

    horizon_days: pl.Int64 = pa.Field(gt=0)
    expected_lost: pl.Float64 = pa.Field(nullable=True)
    value_at_risk: pl.Float64 = pa.Field(nullable=True)
    method: pl.String = pa.Field()
    reason: pl.String = pa.Field(nullable=True)


class StopLoss(Result):
    """One row: what a contact is expected to bring, and for how many it pays."""

    segment: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    worth_contacting: pl.Int64 = pa.Field(ge=0, nullable=True)
    total: pl.Float64 = pa.Field(nullable=True)
    break_even: pl.Float64 = pa.Field(nullable=True)
    effect: pl.Float64 = pa.Field()
    effect_low: pl.Float64 = pa.Field()
    effect_high: pl.Float64 = pa.Field()
    measured: pl.Boolean = pa.Field()
    contact_cost: pl.Float64 = pa.Field(ge=0)
    reward: pl.Float64 = pa.Field(ge=0)
    horizon_days: pl.Int64 = pa.Field(gt=0)
    reason: pl.String = pa.Field(nullable=True)


class SavedCustomers(Estimate):
    """One row: customers saved by contacts, by the list's own control group."""

    treated: pl.Int64 = pa.Field(ge=0)
    treated_bought: pl.Int64 = pa.Field(ge=0)
    control: pl.Int64 = pa.Field(ge=0)
    control_bought: pl.Int64 = pa.Field(ge=0)
    running: pl.Int64 = pa.Field(ge=0)
    effect: pl.Float64 = pa.Field(nullable=True)
    effect_low: pl.Float64 = pa.Field(nullable=True)
    effect_high: pl.Float64 = pa.Field(nullable=True)
    margin: pl.Float64 = pa.Field(nullable=True)
    margin_low: pl.Float64 = pa.Field(nullable=True)
    margin_high: pl.Float64 = pa.Field(nullable=True)
    reason: pl.String = pa.Field(nullable=True)
