"""What the churn model reads: customers as they were known on a past day."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class ChurnFacts(Cells):
    """One row per customer with a purchase in the year to a cut, as known that day.

    `frequency`, `recency` and `T` as in a purchase history, in days; `own_gap` is the
    median of its `gaps` completed gaps between purchase days, null without one.
    Purchase days and touches are of the 90 days to the cut, `_before` of the 90 before.
    `complaints` are open or were resolved late; `detractor` and `dissatisfied` are of
    the year's last answer; `expiring` points lapse within 90 days. What no table tells
    is null. `churned`: no purchase in the horizon after the cut, null where unknown.
    """

    frequency: pl.Int64 = pa.Field(ge=0)
    recency: pl.Int64 = pa.Field(ge=0)
    T: pl.Int64 = pa.Field(ge=0)
    gaps: pl.Int64 = pa.Field(ge=0)
    own_gap: pl.Float64 = pa.Field(gt=0, nullable=True)
    bought: pl.Int64 = pa.Field(ge=0)
    bought_before: pl.Int64 = pa.Field(ge=0)
    touched: pl.Int64 = pa.Field(ge=0, nullable=True)
    touched_before: pl.Int64 = pa.Field(ge=0, nullable=True)
    complaints: pl.Int64 = pa.Field(ge=0, nullable=True)
    detractor: pl.Boolean = pa.Field(nullable=True)
    dissatisfied: pl.Boolean = pa.Field(nullable=True)
    expiring: pl.Int64 = pa.Field(ge=0, nullable=True)
    churned: pl.Boolean = pa.Field(nullable=True)
