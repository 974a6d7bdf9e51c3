"""What the metrics of campaigns answer with: the columns of each result frame."""

import polars as pl
from pandera.polars import Field

from metrics.frames import Estimate, Result

ABOVE, BELOW, UNDECIDED = "above", "below", "undecided"
AGAINST = (ABOVE, BELOW, UNDECIDED)
"""Where an interval lies against a limit."""


def columns_of(model: type[Result]) -> dict[str, pl.DataType]:
    """The columns of a result frame with their types."""
    named = model.to_schema().columns
    return {name: field.dtype.type for name, field in named.items()}


class CampaignEffect(Estimate):
    """One row per segment, outcome and treatment arm: its lift over the control."""

    arm: pl.String = Field()
    outcome: pl.String = Field()
    primary: pl.Boolean = Field()
    unit: pl.String = Field()
    members: pl.Int64 = Field(ge=0)
    control_members: pl.Int64 = Field(ge=0)
    mean: pl.Float64 = Field(nullable=True)
    control_mean: pl.Float64 = Field(nullable=True)
    p_value: pl.Float64 = Field(nullable=True)
    p_adjusted: pl.Float64 = Field(nullable=True)
    found: pl.Boolean = Field(nullable=True)
    selected_low: pl.Float64 = Field(nullable=True)
    selected_high: pl.Float64 = Field(nullable=True)
    relative: pl.Float64 = Field(nullable=True)
    relative_low: pl.Float64 = Field(nullable=True)
    relative_high: pl.Float64 = Field(nullable=True)
    adjusted: pl.Float64 = Field(nullable=True)
    adjusted_low: pl.Float64 = Field(nullable=True)
    adjusted_high: pl.Float64 = Field(nullable=True)
    theta: pl.Float64 = Field(nullable=True)
    method: pl.String = Field()
    reason: pl.String = Field(nullable=True)


class Split(Result):
    """One row per arm: its members, and what the plan expects."""

    segment: pl.String = Field()
    members: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(nullable=True)
    planned_share: pl.Float64 = Field(nullable=True)
    expected: pl.Float64 = Field(nullable=True)
    contaminated: pl.Int64 = Field(ge=0)
    p_value: pl.Float64 = Field(nullable=True)
    alarm: pl.Boolean = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


class Power(Result):
    """One row per treatment arm: what it can find, and what it takes to find more."""

    segment: pl.String = Field()
    n: pl.Int64 = Field(ge=0)
    control_mean: pl.Float64 = Field(nullable=True)
    detectable: pl.Float64 = Field(nullable=True)
    detectable_relative: pl.Float64 = Field(nullable=True)
    wanted_lift: pl.Float64 = Field()
    needed: pl.Int64 = Field(nullable=True)
    missing: pl.Int64 = Field(nullable=True)
    per_day: pl.Float64 = Field(nullable=True)
    days_left: pl.Int64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


class Verdict(Estimate):
    """One row per treatment arm of a campaign: what it brought, and what to do."""

    campaign: pl.String = Field()
    name: pl.String = Field()
    arm: pl.String = Field()
    kind: pl.String = Field(nullable=True)
    design: pl.String = Field()
    phase: pl.String = Field()
    outcome: pl.String = Field()
    unit: pl.String = Field()
    starts_on: pl.Date = Field()
    ends_on: pl.Date = Field()
    members: pl.Int64 = Field(ge=0)
    control_members: pl.Int64 = Field(ge=0)
    mean: pl.Float64 = Field(nullable=True)
    control_mean: pl.Float64 = Field(nullable=True)
    absolute: pl.Float64 = Field(nullable=True)
    absolute_low: pl.Float64 = Field(nullable=True)
    absolute_high: pl.Float64 = Field(nullable=True)
    p_adjusted: pl.Float64 = Field(nullable=True)
    gate: pl.String = Field()
    aim: pl.Float64 = Field(nullable=True)
    against_aim: pl.String = Field(isin=AGAINST, nullable=True)
    srm_p_value: pl.Float64 = Field(nullable=True)
    contaminated: pl.Int64 = Field(ge=0)
    implausible: pl.Boolean = Field()
    needed: pl.Int64 = Field(nullable=True)
    incremental_margin: pl.Float64 = Field(nullable=True)
    incremental_low: pl.Float64 = Field(nullable=True)
    incremental_high: pl.Float64 = Field(nullable=True)
    cost: pl.Float64 = Field(nullable=True)
    roi: pl.Float64 = Field(nullable=True)
    roi_low: pl.Float64 = Field(nullable=True)
    roi_high: pl.Float64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


class Monitor(Result):
    """One row per arm and day of a campaign: what happened."""

    segment: pl.String = Field()
    day: pl.Date = Field()
    assigned: pl.Int64 = Field(ge=0)
    reached: pl.Int64 = Field(ge=0, nullable=True)
    opened: pl.Int64 = Field(ge=0, nullable=True)
    clicked: pl.Int64 = Field(ge=0, nullable=True)
    redeemed: pl.Int64 = Field(ge=0, nullable=True)
    buyers: pl.Int64 = Field(ge=0)
    revenue: pl.Float64 = Field()
    revenue_per_member: pl.Float64 = Field(nullable=True)


class Path(Estimate):
    """One row per treatment arm and day: the lift of all members measured by then."""

    arm: pl.String = Field()
    day: pl.Date = Field()
