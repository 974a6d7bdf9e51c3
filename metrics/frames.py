"""What the metrics answer with: the columns of each result frame."""

from typing import Annotated

import pandera.polars as pa
import polars as pl


class Result(pa.DataFrameModel):
    """The base of the result frames: exactly the named columns, nothing cast."""

    class Config:
        strict, coerce = "filter", False


class Estimate(Result):
    """One row per segment: the estimate, its base and its interval."""

    segment: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)


class HorizonEstimate(Estimate):
    """One row per horizon and segment: the estimate, its base and its interval."""

    horizon_days: pl.Int64 = pa.Field()


class DimensionEstimate(Estimate):
    """One row per segment and dimension: the mean and the share of top answers."""

    dimension: pl.String = pa.Field()
    top2: pl.Float64 = pa.Field(nullable=True)
    top2_ci_low: pl.Float64 = pa.Field(nullable=True)
    top2_ci_high: pl.Float64 = pa.Field(nullable=True)


class Drivers(Result):
    """One row per dimension: what it explains of the score, and how it performs."""

    dimension: pl.String = pa.Field()
    importance: pl.Float64 = pa.Field(nullable=True)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)
    phi: pl.Float64 = pa.Field(nullable=True)
    performance: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    dropped: pl.Int64 = pa.Field(ge=0)
    r2: pl.Float64 = pa.Field(nullable=True)
    hidden: pl.Boolean = pa.Field()
    reason: pl.String = pa.Field(nullable=True)


class Growth(Result):
    """One row per month and segment: where its buyers come from, and who left."""

    month: pl.String = pa.Field()
    segment: pl.String = pa.Field()
    buyers: pl.Int64 = pa.Field(ge=0)
    before: pl.Int64 = pa.Field(ge=0)
    new: pl.Int64 = pa.Field(ge=0)
    retained: pl.Int64 = pa.Field(ge=0)
    resurrected: pl.Int64 = pa.Field(ge=0)
    lapsed: pl.Int64 = pa.Field(ge=0)
    quick_ratio: pl.Float64 = pa.Field(nullable=True)


class Survival(Result):
    """One row per day of the curve: the share of customers whose wait has ended."""

    days: pl.Int64 = pa.Field()
    at_risk: pl.Int64 = pa.Field()
    events: pl.Int64 = pa.Field()
    value: pl.Float64 = pa.Field()
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)


class Concentration(Estimate):
    """One row per segment: the share of the largest customers, and the Gini index."""

    top_customers: pl.Int64 = pa.Field()
    top_revenue: pl.Float64 = pa.Field()
    revenue: pl.Float64 = pa.Field()
    gini: pl.Float64 = pa.Field(nullable=True)
    negatives: pl.Int64 = pa.Field()
    negative_revenue: pl.Float64 = pa.Field()


class Lorenz(Result):
    """One row per point of the curve: the smallest customers and what they spend."""

    percent: pl.Int64 = pa.Field(ge=0, le=100)
    customer_share: pl.Float64 = pa.Field()
    revenue_share: pl.Float64 = pa.Field()


class Effects(Result):
    """One row per segment: its part in the change of a rate."""

    segment: pl.String = pa.Field()
    rate_effect: pl.Float64 = pa.Field(nullable=True)
    mix_effect: pl.Float64 = pa.Field(nullable=True)
    total: pl.Float64 = pa.Field(nullable=True)


class CustomerValue(Result):
    """One row per customer: what has been earned and what is expected.

    Who it is and what is known of them may stand beside.
    """

    p_alive: pl.Float64 = pa.Field(ge=0, le=1)
    expected_purchases: pl.Float64 = pa.Field(ge=0)
    discounted_purchases: pl.Float64 = pa.Field(ge=0)
    expected_spend: pl.Float64 = pa.Field(nullable=True)
    margin_rate: pl.Float64 = pa.Field(nullable=True)
    historic: pl.Float64 = pa.Field()
    forecast: pl.Float64 = pa.Field(nullable=True)
    cost: pl.Float64 = pa.Field(ge=0)
    cost_ahead: pl.Float64 = pa.Field(ge=0)
    clv: pl.Float64 = pa.Field(nullable=True)
    variance: pl.Float64 = pa.Field(nullable=True)
    gradient_1: pl.Float64 = pa.Field(nullable=True)
    gradient_2: pl.Float64 = pa.Field(nullable=True)
    gradient_3: pl.Float64 = pa.Field(nullable=True)
    gradient_4: pl.Float64 = pa.Field(nullable=True)

    class Config:
        strict = False


class MeanValue(Estimate):
    """One row per segment: the mean value of a customer, and the totals behind it."""

    historic_value: pl.Float64 = pa.Field()
    expected_value: pl.Float64 = pa.Field()
    total: pl.Float64 = pa.Field()
    cost: pl.Float64 = pa.Field(ge=0)
    cost_ahead: pl.Float64 = pa.Field(ge=0)


class NegativeValue(Estimate):
    """One row per segment: the customers who cost more than they bring."""

    share: pl.Float64 = pa.Field(ge=0, le=1, nullable=True)
    total: pl.Float64 = pa.Field(le=0)


class ClvModel(Result):
    """One row per as-of date: the fitted models behind a forecast of value."""

    as_of: pl.Date = pa.Field()
    model: pl.String = pa.Field()
    r: pl.Float64 = pa.Field(nullable=True)
    alpha: pl.Float64 = pa.Field(nullable=True)
    a: pl.Float64 = pa.Field(nullable=True)
    b: pl.Float64 = pa.Field(nullable=True)
    log_likelihood: pl.Float64 = pa.Field(nullable=True)
    customers: pl.Int64 = pa.Field(ge=0)
    triples: pl.Int64 = pa.Field(ge=0)
    converged: pl.Boolean = pa.Field()
    p: pl.Float64 = pa.Field(nullable=True)
    q: pl.Float64 = pa.Field(nullable=True)
    gamma: pl.Float64 = pa.Field(nullable=True)
    spend_log_likelihood: pl.Float64 = pa.Field(nullable=True)
    spend_customers: pl.Int64 = pa.Field(ge=0)
    correlation: pl.Float64 = pa.Field(ge=-1, le=1, nullable=True)
    covariance: Annotated[pl.List, pl.Float64] = pa.Field()
    reason: pl.String = pa.Field(nullable=True)


class Backtest(Estimate):
    """One row for all and per decile: what was forecast, what came, what habit said."""

    actual: pl.Float64 = pa.Field(nullable=True)
    naive: pl.Float64 = pa.Field(nullable=True)
    error: pl.Float64 = pa.Field(nullable=True)
    naive_error: pl.Float64 = pa.Field(nullable=True)
    inside: pl.Boolean = pa.Field(nullable=True)
    expected_purchases: pl.Float64 = pa.Field(nullable=True)
    purchases: pl.Float64 = pa.Field(nullable=True)
    coverage: pl.Float64 = pa.Field(ge=0, le=1, nullable=True)
    mae: pl.Float64 = pa.Field(ge=0, nullable=True)
    naive_mae: pl.Float64 = pa.Field(ge=0, nullable=True)
    rank: pl.Float64 = pa.Field(ge=-1, le=1, nullable=True)
    naive_rank: pl.Float64 = pa.Field(ge=-1, le=1, nullable=True)


class HistoryEstimate(Result):
    """One row per distinct history: what to expect of a customer who has it."""

    frequency: pl.Int64 = pa.Field(ge=0)
    recency: pl.Int64 = pa.Field(ge=0)
    T: pl.Int64 = pa.Field(ge=0)
    n: pl.Int64 = pa.Field(ge=1)
    p_alive: pl.Float64 = pa.Field(ge=0, le=1)
    no_purchase: pl.Float64 = pa.Field(ge=0, le=1)
    value: pl.Float64 = pa.Field(ge=0)
    ci_low: pl.Float64 = pa.Field(ge=0)
    ci_high: pl.Float64 = pa.Field(ge=0)


class QualityShare(Result):
    """One row per segment and dimension of quality: the share that passes."""

    segment: pl.String = pa.Field()
    dimension: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(ge=0, le=1, nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    passed: pl.Int64 = pa.Field(ge=0)
    failed: pl.Int64 = pa.Field(ge=0)
    reason: pl.String = pa.Field(nullable=True)


class RowCounts(Result):
    """One row per segment: what became of the rows that came in, and what is kept."""

    segment: pl.String = pa.Field()
    rows_in: pl.Int64 = pa.Field(ge=0)
    accepted: pl.Int64 = pa.Field(ge=0)
    quarantined: pl.Int64 = pa.Field(ge=0)
    duplicates: pl.Int64 = pa.Field(ge=0)
    superseded: pl.Int64 = pa.Field(ge=0)
    released: pl.Int64 = pa.Field(ge=0)
    waiting: pl.Int64 = pa.Field(ge=0)
    held: pl.Int64 = pa.Field(ge=0)


class Findings(Result):
    """One row per segment: how many findings, and the customers that they name."""

    segment: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(ge=0)
    n: pl.Int64 = pa.Field(ge=0)


class DaysBehind(Result):
    """One row per segment: the newest day, and how far it is behind."""

    segment: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(ge=0, nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    newest: pl.Date = pa.Field(nullable=True)
    reason: pl.String = pa.Field(nullable=True)


class Cohorts(Result):
    """One row per cohort and month since: what its customers bought, and so far."""

    cohort: pl.String = pa.Field()
    months_since: pl.Int64 = pa.Field(ge=0)
    n: pl.Int64 = pa.Field(ge=0)
    count: pl.Float64 = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    count_so_far: pl.Float64 = pa.Field(nullable=True)
    value_so_far: pl.Float64 = pa.Field(nullable=True)
    complete: pl.Boolean = pa.Field()


class CohortPeople(Result):
    """One row per customer of a cohort: who it is and what it has bought."""

    customer_id: pl.String = pa.Field()
    store: pl.String = pa.Field(nullable=True)
    region: pl.String = pa.Field(nullable=True)
    customer_type: pl.String = pa.Field(nullable=True)
    acquisition_channel: pl.String = pa.Field(nullable=True)
    tier: pl.String = pa.Field(nullable=True)
    first_day: pl.Date = pa.Field()
    last_day: pl.Date = pa.Field()
    days: pl.Int64 = pa.Field(ge=1)
    orders: pl.Int64 = pa.Field(ge=1)
    revenue: Annotated[pl.Decimal, 18, 4] = pa.Field()
    margin: Annotated[pl.Decimal, 18, 4] = pa.Field(nullable=True)
    annual_revenue: Annotated[pl.Decimal, 18, 4] = pa.Field()

    class Config:
        coerce = True


class ReturnCurve(Estimate):
    """One row per segment and day: the share who bought again, and the middle one."""

    days: pl.Int64 = pa.Field(ge=0)
    at_risk: pl.Int64 = pa.Field(ge=0)
    events: pl.Int64 = pa.Field(ge=0)
    median_days: pl.Int64 = pa.Field(nullable=True)
    median_reason: pl.String = pa.Field(nullable=True)
