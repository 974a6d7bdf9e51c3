"""What the metrics of the life cycle read: stages, steps, leads and what they cost."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class StageCells(Cells):
    """One row per cell of customers, stage at the date before and stage at the date."""

    stage_from: pl.String = pa.Field()
    stage: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)


class StepCells(Cells):
    """One row per cell of customers, step, days, and whether a purchase ended them."""

    step: pl.Int64 = pa.Field(ge=1)
    days: pl.Int64 = pa.Field(ge=0)
    ended: pl.Boolean = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)


class LeadSteps(Cells):
    """One row per channel and stage: leads that came so far, those of the stage before.

    `median_days` is from the stage before, of leads with a day at both.
    """

    segment: pl.String = pa.Field()
    stage: pl.String = pa.Field()
    count: pl.Int64 = pa.Field(ge=0)
    before: pl.Int64 = pa.Field(ge=0, nullable=True)
    median_days: pl.Float64 = pa.Field(nullable=True)


class ChannelCosts(Cells):
    """One row per channel: what was spent, customers won, and margin by month since."""

    segment: pl.String = pa.Field()
    spend: pl.Float64 = pa.Field(nullable=True)
    won: pl.Int64 = pa.Field(ge=0)
    clv: pl.Float64 = pa.Field(nullable=True)
    payback: pl.Int64 = pa.Field(nullable=True)
    months: pl.Int64 = pa.Field(ge=0)
