"""What the metrics of campaigns read: members, sums and days of their arms."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class CampaignCells(Cells):
    """One row per campaign, arm and cell of customers: members by stage, and sums.

    n counts the members whose outcome window has passed; x is the revenue of the year
    before, in cents. The sums of each outcome stand beside: `revenue_y`, `revenue_yy`.
    """

    campaign_id: pl.String = pa.Field()
    arm: pl.String = pa.Field()
    members: pl.Int64 = pa.Field(ge=0)
    contaminated: pl.Int64 = pa.Field(ge=0)
    n: pl.Int64 = pa.Field(ge=0)


class CampaignDays(Cells):
    """One row per campaign, arm and day: events, and outcomes complete that day."""

    campaign_id: pl.String = pa.Field()
    arm: pl.String = pa.Field()
    day: pl.Date = pa.Field()
    n: pl.Int64 = pa.Field(ge=0)


class Candidates(Cells):
    """One row per customer who may take part in a test: its tier and its lot."""

    customer_id: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    lot: pl.String = pa.Field()
    assigned_at: pl.Date = pa.Field()
