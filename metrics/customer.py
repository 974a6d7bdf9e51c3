"""One customer: its standing, its history, and everything that happened with it."""

from collections.abc import Mapping
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame

from data.health import HEALTH, LOYALTY
from data.schemas.health import Factors
from metrics.frames import Result
from metrics.health_change import AFTER, BEFORE, PARTS, customer_change

SCORES: Final = ("health", *HEALTH, *LOYALTY)


class Profile(Result):
    """One row: attributes, purchases, lifetime value and scores of a customer."""

    customer_id: pl.String = pa.Field()
    store: pl.String = pa.Field()
    region: pl.String = pa.Field()
    customer_type: pl.String = pa.Field()
    acquisition_channel: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    city: pl.String = pa.Field(nullable=True)
    industry: pl.String = pa.Field(nullable=True)
    member_level: pl.String = pa.Field(nullable=True)
    owner: pl.String = pa.Field(nullable=True)
    consent: pl.Boolean = pa.Field(nullable=True)
    first_day: pl.Date = pa.Field(nullable=True)
    last_day: pl.Date = pa.Field(nullable=True)
    days: pl.Int64 = pa.Field(nullable=True)
    orders: pl.Int64 = pa.Field(nullable=True)
    revenue: pl.Float64 = pa.Field(nullable=True)
    margin: pl.Float64 = pa.Field(nullable=True)
    annual_revenue: pl.Float64 = pa.Field(nullable=True)
    clv: pl.Float64 = pa.Field(nullable=True)
    health: pl.Float64 = pa.Field(nullable=True)
    loyalty: pl.Float64 = pa.Field(nullable=True)


class Found(Result):
    """One row per customer that was found: where it stands on the last day."""

    customer_id: pl.String = pa.Field()
    store: pl.String = pa.Field()
    tier: pl.String = pa.Field()
    last_day: pl.Date = pa.Field(nullable=True)
    annual_revenue: pl.Float64 = pa.Field(nullable=True)
    clv: pl.Float64 = pa.Field(nullable=True)
    health: pl.Float64 = pa.Field(nullable=True)


class Timeline(Result):
    """One row per event of a customer, the newest first."""

    day: pl.Date = pa.Field()
    time: pl.String = pa.Field(nullable=True)
    event: pl.String = pa.Field()
    kind: pl.String = pa.Field(nullable=True)
    id: pl.String = pa.Field(nullable=True)
    about: pl.String = pa.Field(nullable=True)
    channel: pl.String = pa.Field(nullable=True)
    state: pl.String = pa.Field(nullable=True)
    number: pl.Float64 = pa.Field(nullable=True)
    unit: pl.String = pa.Field(nullable=True)


class ScoreHistory(Result):
    """One row per date: a customer's health score, its factors and their parts."""

    as_of: pl.Date = pa.Field()
    health: pl.Float64 = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    loyalty: pl.Float64 = pa.Field(nullable=True)
    satisfaction: pl.Float64 = pa.Field(nullable=True)
    service: pl.Float64 = pa.Field(nullable=True)
    engagement: pl.Float64 = pa.Field(nullable=True)
    recency: pl.Float64 = pa.Field(nullable=True)
    frequency: pl.Float64 = pa.Field(nullable=True)
    tenure: pl.Float64 = pa.Field(nullable=True)
    nps: pl.Float64 = pa.Field(nullable=True)
    programme: pl.Float64 = pa.Field(nullable=True)


class ScoreSteps(Result):
    """One row per date and part: what it did to the score since the date before."""

    as_of: pl.Date = pa.Field()
    since: pl.Date = pa.Field()
    part: pl.String = pa.Field(isin=PARTS)
    effect: pl.Float64 = pa.Field()


def customer_profile(rows: pl.DataFrame) -> DataFrame[Profile]:
    """Customer profile: who a customer is and where it stands on the last day.

    Formula: attributes as last delivered, home store and tier as at the last day;
        purchase days, orders, net revenue and margin to date, net revenue of the
        trailing 365 days; lifetime value, health score and loyalty index of that day
    Grain: one row
    Units: currency; points, 0 to 100; counts
    Source: the customers table and all events; definitions of the metrics of the names
    """
    names = list(Profile.to_schema().columns)
    numbers = [
        pl.col(name).cast(pl.Float64)
        for name in ("revenue", "margin", "annual_revenue", "clv", "health", "loyalty")
    ]
    counts = pl.col("days", "orders").cast(pl.Int64)
    return Profile.validate(rows.select(names).with_columns(counts, *numbers))


def customer_search(rows: pl.DataFrame) -> DataFrame[Found]:
    """Find customers: those whose id begins with a text, the largest first.

    Formula: at most 20, whose id is the text itself first; without a text those with
        the highest net revenue of the trailing 365 days
    Grain: one row per customer: store, tier, last purchase, annual_revenue, clv, health
    Units: currency; points, 0 to 100
    Source: customers as of the last day
    """
    numbers = pl.col("annual_revenue", "clv", "health").cast(pl.Float64)
    return Found.validate(rows.with_columns(numbers))


def customer_timeline(events: pl.DataFrame) -> DataFrame[Timeline]:
    """Timeline: everything that happened with a customer, the newest first.

    Formula: orders and refunds, surveys sent and answered, tickets opened and solved,
        contacts, steps of campaigns, points, and touches of one kind and day together
    Grain: one row per event: day, time, event, kind, id, about, channel, state, number
        with its unit (money, score, count)
    Units: currency for orders and refunds; score 0 to 10 of an answer; points; touches
    Source: the accepted rows of the customer, as last delivered
    """
    return Timeline.validate(events)


def customer_scores(scores: DataFrame[Factors]) -> DataFrame[ScoreHistory]:
    """Score history: a customer's health score and what it was made of, by date.

    Formula: the health score's, from what was known on each date
    Grain: one row per month end, and the last day, from the first purchase on: as_of,
        health, its factors, and the parts of the loyalty index
    Units: points, 0 to 100; null where nothing tells
    Source: the definitions of `health_score` and `loyalty_index`
    """
    shown = scores.sort("as_of").select("as_of", *SCORES)
    return ScoreHistory.validate(shown)


def customer_steps(
    scores: DataFrame[Factors], weights: Mapping[str, float]
) -> DataFrame[ScoreSteps]:
    """Score steps: what moved a customer's health score, from date to date, exactly.

    Formula: the split of `health_change` for one customer: every factor known on both
        dates by its mean share of the weights x its change; new and lost data what the
        shares move because factors appear or vanish
    Grain: one row per date with a score on it and on the date before, and part that
        moved the score: as_of, since, part, effect; the effects of a date sum to the
        change of the score
    Units: points
    Source: Bennet 1920; Shapley 1953
    """
    names = ("as_of", "health", *HEALTH)
    after = scores.lazy().sort("as_of").select(pl.col(names).name.suffix(AFTER))
    before = after.select(
        pl.all().shift(1).name.map(lambda name: name.removesuffix(AFTER) + BEFORE)
    )
    both = pl.concat([before, after], how="horizontal").drop_nulls(
        [f"health{BEFORE}", f"health{AFTER}"]
    )
    parts = customer_change(both, weights, weights).collect()
    long = parts.unpivot(
        PARTS,
        index=[f"as_of{AFTER}", f"as_of{BEFORE}"],
        variable_name="part",
        value_name="effect",
    ).rename({f"as_of{AFTER}": "as_of", f"as_of{BEFORE}": "since"})
    moved = long.filter(pl.col("effect").abs() > 1e-9).sort("as_of", "part")
    return ScoreSteps.validate(moved.select(*ScoreSteps.to_schema().columns))
