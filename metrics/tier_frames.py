"""What the metrics of tiers answer: one frame model each, validated on the way out."""

import pandera.polars as pa
import polars as pl

from metrics.frames import Result


class TierShares(Result):
    """One row per tier: customers, money and value, with shares of the total."""

    segment: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field()
    customer_share: pl.Float64 = pa.Field(nullable=True)
    revenue: pl.Float64 = pa.Field()
    revenue_share: pl.Float64 = pa.Field(nullable=True)
    margin: pl.Float64 = pa.Field()
    margin_share: pl.Float64 = pa.Field(nullable=True)
    clv: pl.Float64 = pa.Field(nullable=True)


class TierMigration(Result):
    """One row per pair of tiers: who moved from one to the other, with their money."""

    tier_from: pl.String = pa.Field()
    tier_to: pl.String = pa.Field()
    move: pl.String = pa.Field(isin=("same", "up", "down", "new", "gone"))
    customers: pl.Int64 = pa.Field(ge=0)
    revenue_from: pl.Float64 = pa.Field(nullable=True)
    revenue_to: pl.Float64 = pa.Field(nullable=True)


class TierCross(Result):
    """One row per pair of tiers of two schemes: the customers in both."""

    tier: pl.String = pa.Field()
    other_tier: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    customer_share: pl.Float64 = pa.Field(nullable=True)
    revenue: pl.Float64 = pa.Field()


class RfmCells(Result):
    """One row per cell of scores, all 125 of them: its segment and its customers."""

    recency: pl.Int64 = pa.Field(ge=1, le=5)
    frequency: pl.Int64 = pa.Field(ge=1, le=5)
    monetary: pl.Int64 = pa.Field(ge=1, le=5)
    segment: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    orders: pl.Int64 = pa.Field(ge=0)
    revenue: pl.Float64 = pa.Field()


class TierSimulation(Result):
    """One row per tier: what it holds now and under the changed rules."""

    segment: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    customers_then: pl.Int64 = pa.Field(ge=0)
    revenue_share: pl.Float64 = pa.Field(nullable=True)
    revenue_share_then: pl.Float64 = pa.Field(nullable=True)
    contacts: pl.Int64 = pa.Field(ge=0)
    contacts_then: pl.Int64 = pa.Field(ge=0)


class RfmScores(Result):
    """One row per customer: its scores and segment, and what they are made of."""

    customer_id: pl.String = pa.Field()
    recency: pl.Int64 = pa.Field(ge=1, le=5)
    frequency: pl.Int64 = pa.Field(ge=1, le=5)
    monetary: pl.Int64 = pa.Field(ge=1, le=5)
    segment: pl.String = pa.Field()
    days_since_last: pl.Int64 = pa.Field(ge=0)
    orders: pl.Int64 = pa.Field(ge=0)
    revenue: pl.Float64 = pa.Field()


class TierMove(Result):
    """One row per customer: its tiers on two dates, and the year up to each."""

    customer_id: pl.String = pa.Field()
    tier_from: pl.String = pa.Field()
    tier_to: pl.String = pa.Field()
    move: pl.String = pa.Field(isin=("same", "up", "down", "new", "gone"))
    revenue_from: pl.Float64 = pa.Field(nullable=True)
    revenue_to: pl.Float64 = pa.Field(nullable=True)


class TierHistory(Result):
    """One row per customer and stay in a tier."""

    customer_id: pl.String = pa.Field()
    scheme: pl.String = pa.Field()
    version: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    from_on: pl.Date = pa.Field()
    until_on: pl.Date = pa.Field(nullable=True)
