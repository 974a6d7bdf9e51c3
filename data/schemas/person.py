"""What is looked at of single customers: one model per frame."""

import pandera.polars as pa
import polars as pl

from data.schemas.cells import Cells


class PurchaseDays(Cells):
    """One row per customer and day on which it bought."""

    customer_id: pl.String = pa.Field()
    day: pl.Date = pa.Field()


class Bought(Cells):
    """One row per purchase of a customer, and what it tells of habits."""

    category: pl.String = pa.Field(nullable=True)
    channel: pl.String = pa.Field(nullable=True)
    store: pl.String = pa.Field(nullable=True)
    weekday: pl.Int64 = pa.Field(ge=1, le=7, nullable=True)
    hour: pl.Int64 = pa.Field(ge=0, le=23, nullable=True)
    revenue: pl.Float64 = pa.Field()


class Situation(Cells):
    """One row per customer: what decides about the next best action; null is unknown.

    `complaint_days` is the age of its oldest open complaint; `score` its newest answer,
    `score_days` old; `contact_days` since somebody contacted it; `promise_days` since
    the day on which a promised follow-up was due.
    """

    customer_id: pl.String = pa.Field()
    complaint_days: pl.Int64 = pa.Field(ge=0, nullable=True)
    score: pl.Int64 = pa.Field(ge=0, le=10, nullable=True)
    score_days: pl.Int64 = pa.Field(ge=0, nullable=True)
    contact_days: pl.Int64 = pa.Field(ge=0, nullable=True)
    promise_days: pl.Int64 = pa.Field(ge=0, nullable=True)
    purchase_days: pl.Int64 = pa.Field(ge=0)
    days_since: pl.Int64 = pa.Field(ge=0, nullable=True)
    overdue_ratio: pl.Float64 = pa.Field(ge=0, nullable=True)
    consent: pl.Boolean = pa.Field(nullable=True)


class TimedOrders(Cells):
    """One row per weekday, hour and sales channel: purchases and their net revenue."""

    weekday: pl.Int64 = pa.Field(ge=1, le=7, nullable=True)
    hour: pl.Int64 = pa.Field(ge=0, le=23, nullable=True)
    channel: pl.String = pa.Field()
    orders: pl.Int64 = pa.Field(ge=0)
    revenue: pl.Float64 = pa.Field()
