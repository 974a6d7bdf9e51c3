"""What the health metrics read and answer with: one model per frame."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class HealthInputs(Cells):
    """One row per customer with a purchase as of a date: what its scores are made of.

    Days since its last and first purchase; purchase days and net revenue of the
    trailing year; sums and numbers of its answers and tickets of that year, null
    without any; days with points or touches in that year, null where it never had any.
    """

    days_since_last: pl.Int64 = pa.Field(ge=0)
    days_since_first: pl.Int64 = pa.Field(ge=0)
    purchase_days: pl.Int64 = pa.Field(ge=0)
    annual_spend: pl.Float64 = pa.Field()
    nps_total: pl.Int64 = pa.Field(ge=0, nullable=True)
    nps_n: pl.Int64 = pa.Field(gt=0, nullable=True)
    satisfaction_total: pl.Int64 = pa.Field(gt=0, nullable=True)
    satisfaction_n: pl.Int64 = pa.Field(gt=0, nullable=True)
    service_total: pl.Int64 = pa.Field(ge=0, nullable=True)
    service_n: pl.Int64 = pa.Field(gt=0, nullable=True)
    programme_days: pl.Int64 = pa.Field(ge=0, nullable=True)
    engagement_days: pl.Int64 = pa.Field(ge=0, nullable=True)


class Factors(Cells):
    """One row per customer: its health score and factors, its index and their parts.

    All run from 0 to 100; null is unknown.
    """

    health: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    value: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    loyalty: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    satisfaction: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    service: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    engagement: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    recency: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    frequency: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    tenure: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    nps: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)
    programme: pl.Float64 = pa.Field(ge=0, le=100, nullable=True)


class HealthCells(Cells):
    """One row per cell of customers: sums of scores and of what they are made of.

    Scores are in millionths of a point, squares in millionths of a point squared. For
    every part `x_n` counts who has it, `x_total` sums it, and `x_part` what it adds to
    the score; the columns of parts stand beside.
    """

    customers: pl.Int64 = pa.Field(ge=0)
    health: pl.Int64 = pa.Field(ge=0)
    health_squares: pl.Int64 = pa.Field(ge=0)
    loyalty_n: pl.Int64 = pa.Field(ge=0)
    loyalty_total: pl.Int64 = pa.Field(ge=0)
    loyalty_squares: pl.Int64 = pa.Field(ge=0)


class HealthMoves(Cells):
    """One row per group of customers: who stayed, joined or left between two dates.

    Sums of scores on both dates, and of the parts of their change for those who stayed,
    in millionths of a point.
    """

    move: pl.String = pa.Field(isin=("stayed", "joined", "left"))
    customers: pl.Int64 = pa.Field(ge=0)
    score_before: pl.Int64 = pa.Field(ge=0)
    score_after: pl.Int64 = pa.Field(ge=0)
    weights: pl.Int64 = pa.Field()
    value: pl.Int64 = pa.Field()
    loyalty: pl.Int64 = pa.Field()
    satisfaction: pl.Int64 = pa.Field()
    service: pl.Int64 = pa.Field()
    engagement: pl.Int64 = pa.Field()
    new_data: pl.Int64 = pa.Field()
    lost_data: pl.Int64 = pa.Field()
