"""What the metrics read: one model per frame of cells or of customers.

A cell is a group of customers at an as-of date, in a period; its columns are counts and
sums, which add up over cells. Further columns (the attributes) may stand beside them.
Whole numbers arrive as 128-bit sums from an engine and are brought to one type here.
"""

from typing import Annotated

import pandera.polars as pa
import polars as pl

Money = Annotated[pl.Decimal, 38, 4]


class Cells(pa.DataFrameModel):
    """The base of the models below: sums take one type, other columns stay."""

    class Config:
        strict, coerce = False, True


class PurchaseCells(Cells):
    """One row per cell of customers and period: buyers and money."""

    customers: pl.Int64 = pa.Field(ge=0)
    buyers: pl.Int64 = pa.Field(ge=0)
    repeat_buyers: pl.Int64 = pa.Field(ge=0)
    returning_buyers: pl.Int64 = pa.Field(ge=0)
    previous_buyers: pl.Int64 = pa.Field(ge=0)
    lost_buyers: pl.Int64 = pa.Field(ge=0)
    orders: pl.Int64 = pa.Field()
    revenue: Money = pa.Field()
    margin: Money = pa.Field()


class RepurchaseCells(Cells):
    """One row per cell of customers and horizon: first purchases and returns."""

    horizon_days: pl.Int64 = pa.Field(gt=0)
    first_buyers: pl.Int64 = pa.Field(ge=0)
    bought_again: pl.Int64 = pa.Field(ge=0)


class AnswerCells(Cells):
    """One row per cell of customers, period and measure: sums of answers.

    With s_i the sum and n_i the number of one customer's answers, `cluster_squares`
    sums s_i^2, `cluster_product` s_i n_i and `cluster_counts` n_i^2 over customers.
    """

    measure: pl.String = pa.Field()
    n: pl.Int64 = pa.Field(ge=0)
    total: pl.Int64 = pa.Field()
    squares: pl.Int64 = pa.Field(ge=0)
    cluster_squares: pl.Int64 = pa.Field(ge=0)
    cluster_product: pl.Int64 = pa.Field()
    cluster_counts: pl.Int64 = pa.Field(ge=0)


class ValueCells(Cells):
    """One row per cell of customers: sums of realised and expected margin and cost.

    `negative` counts the customers with a value below zero, `loss` sums these values.
    """

    customers: pl.Int64 = pa.Field(ge=0)
    historic: pl.Float64 = pa.Field()
    forecast: pl.Float64 = pa.Field()
    expected_purchases: pl.Float64 = pa.Field(ge=0)
    variance: pl.Float64 = pa.Field(ge=0)
    gradient_1: pl.Float64 = pa.Field()
    gradient_2: pl.Float64 = pa.Field()
    gradient_3: pl.Float64 = pa.Field()
    gradient_4: pl.Float64 = pa.Field()
    cost: pl.Float64 = pa.Field(ge=0)
    cost_ahead: pl.Float64 = pa.Field(ge=0)
    negative: pl.Int64 = pa.Field(ge=0)
    loss: pl.Float64 = pa.Field(le=0)


class RateCells(Cells):
    """One row per cell of a period: the two sums whose ratio is the rate."""

    numerator: pl.Float64 = pa.Field()
    denominator: pl.Float64 = pa.Field(ge=0)


class Answers(Cells):
    """One row per survey answered: the recommendation and the five dimensions."""

    customer_id: pl.String = pa.Field()
    score: pl.Int64 = pa.Field(ge=0, le=10, nullable=True)
    product_quality: pl.Int64 = pa.Field(ge=1, le=5, nullable=True)
    service: pl.Int64 = pa.Field(ge=1, le=5, nullable=True)
    delivery: pl.Int64 = pa.Field(ge=1, le=5, nullable=True)
    communication: pl.Int64 = pa.Field(ge=1, le=5, nullable=True)
    support: pl.Int64 = pa.Field(ge=1, le=5, nullable=True)


class CustomerRevenue(Cells):
    """One row per customer with a purchase in the window: net revenue."""

    revenue: Money = pa.Field()


class Durations(Cells):
    """One row per waiting time: how many customers waited, and whether it ended."""

    days: pl.Int64 = pa.Field(ge=0)
    ended: pl.Boolean = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)


class CustomerHistory(Cells):
    """One row per customer: purchase days and money up to the as-of date.

    `frequency` counts repeat purchase days, `recency` is first to last purchase and `T`
    first purchase to as-of date, in days; `monetary_value` is the mean net revenue of
    repeat purchase days, null without one or where it is not above zero. `cost` is what
    serving the customer cost to date, `cost_of_year` in the trailing 365 days.
    """

    frequency: pl.Int64 = pa.Field(ge=0)
    recency: pl.Int64 = pa.Field(ge=0)
    T: pl.Int64 = pa.Field(ge=0)
    monetary_value: pl.Float64 = pa.Field(gt=0, nullable=True)
    revenue: pl.Float64 = pa.Field()
    margin: pl.Float64 = pa.Field()
    cost: pl.Float64 = pa.Field(ge=0)
    cost_of_year: pl.Float64 = pa.Field(ge=0)


class Outcomes(Cells):
    """One row per customer of a past day: what was forecast, and what came since."""

    forecast: pl.Float64 = pa.Field()
    variance: pl.Float64 = pa.Field(ge=0)
    gradient_1: pl.Float64 = pa.Field()
    gradient_2: pl.Float64 = pa.Field()
    gradient_3: pl.Float64 = pa.Field()
    gradient_4: pl.Float64 = pa.Field()
    expected_purchases: pl.Float64 = pa.Field(ge=0)
    purchases: pl.Float64 = pa.Field(ge=0)
    actual: pl.Float64 = pa.Field()
    before: pl.Float64 = pa.Field()


class Triples(Cells):
    """One row per distinct purchase history: how many customers have it."""

    frequency: pl.Int64 = pa.Field(ge=0)
    recency: pl.Int64 = pa.Field(ge=0)
    T: pl.Int64 = pa.Field(ge=0)
    customers: pl.Int64 = pa.Field(ge=1)


class TierCells(Cells):
    """One row per cell of customers and tier: how many they are, and their money."""

    customers: pl.Int64 = pa.Field(ge=0)
    revenue: Money = pa.Field()
    margin: Money = pa.Field()


class TierMoves(Cells):
    """One row per cell of customers and pair of tiers: money of the year to each day.

    Who had no purchase yet comes from `new`, who has none any more goes to `gone`.
    """

    tier_from: pl.String = pa.Field()
    tier_to: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    revenue_from: Money = pa.Field(nullable=True)
    revenue_to: Money = pa.Field(nullable=True)


class TierPairs(Cells):
    """One row per cell of customers and pair of tiers of two schemes."""

    held: pl.String = pa.Field()
    other: pl.String = pa.Field()
    customers: pl.Int64 = pa.Field(ge=0)
    revenue: Money = pa.Field()


class RfmCustomers(Cells):
    """One row per customer: its scores, segment, and what they are made of.

    Revenue is in whole ten-thousandths.
    """

    recency: pl.Int64 = pa.Field(ge=1, le=5)
    frequency: pl.Int64 = pa.Field(ge=1, le=5)
    monetary: pl.Int64 = pa.Field(ge=1, le=5)
    segment: pl.String = pa.Field()
    days_since_last: pl.Int64 = pa.Field(ge=0)
    orders: pl.Int64 = pa.Field(ge=0)
    revenue: pl.Int64 = pa.Field()


class TwoTiers(Cells):
    """One row per customer: its tier by two lists of rules, and its year's revenue.

    Revenue is in whole ten-thousandths.
    """

    now: pl.String = pa.Field()
    then: pl.String = pa.Field()
    annual_spend: pl.Int64 = pa.Field()


class TierStays(Cells):
    """One row per customer and stay in a tier; the end may lie after the as-of date."""

    customer_id: pl.String = pa.Field()
    scheme: pl.String = pa.Field()
    version: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    from_on: pl.Date = pa.Field()
    until_on: pl.Date = pa.Field()


class CohortCells(Cells):
    """One row per cell of customers, first month and months since: who bought what.

    Months count from year 0, January is 0. `returned` counts those who came back for
    the first time in that month.
    """

    first_month: pl.Int64 = pa.Field(ge=0)
    months_since: pl.Int64 = pa.Field(ge=0)
    customers: pl.Int64 = pa.Field(ge=0)
    returned: pl.Int64 = pa.Field(ge=0)
    orders: pl.Int64 = pa.Field()
    revenue: Money = pa.Field()
    margin: Money = pa.Field()
