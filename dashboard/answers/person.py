"""Answers about one customer: who it is, its habits, its history, what to do next."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from pandera.typing.polars import DataFrame

from dashboard.answers import retention
from dashboard.answers.people import chosen
from dashboard.answers.view import View, look, offered
from dashboard.person import narrowed, situation, timeline
from dashboard.question import Question
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.schemas.health import Factors
from data.schemas.person import Bought, PurchaseDays, Situation
from metrics.customer import (
    Found,
    Profile,
    ScoreHistory,
    ScoreSteps,
    Timeline,
    customer_profile,
    customer_scores,
    customer_search,
    customer_steps,
    customer_timeline,
)
from metrics.frames import Result
from metrics.next_action import NextAction, next_action
from metrics.preferences import Preferences, customer_preferences
from metrics.rhythm import Rhythm, customer_rhythm

MONTHS = 25
"""Month ends, and the last day, of which the scores of one customer are told."""

TOGETHER = {"order": "refund", "answer": "survey", "ticket": "solved"}
"""What is told together with a kind of event."""

UNKNOWN = "no customer has this id"
NO_PURCHASE = "no purchase up to this date"
PROFILE = """
SELECT c.*, s.* EXCLUDE (customer_key, days_since_last, annual_spend)
FROM current_customers AS c
LEFT JOIN health_scores AS s ON s.customer_key = c.customer_key
WHERE c.customer_id = $customer AND {clauses}
"""
FOUND = """
SELECT
    c.customer_id, c.store, c.tier, c.last_day, c.annual_revenue, s.clv, s.health
FROM current_customers AS c
LEFT JOIN health_scores AS s ON s.customer_key = c.customer_key
WHERE starts_with(c.customer_id, $find) AND {clauses}
ORDER BY c.customer_id <> $find, c.annual_revenue DESC NULLS LAST, c.customer_id
LIMIT 20
"""
DAYS = """
SELECT DISTINCT o.day FROM occasions AS o
INNER JOIN profiles AS p ON p.customer_key = o.customer_key
WHERE
    p.customer_id = $customer AND o.days = 1
    AND o.valid_from <= $as_of AND o.valid_to > $as_of AND o.day <= $as_of
"""
"""The days on which a customer bought, as known on a date."""


def search(view: View) -> pl.DataFrame:
    """The customers whose id begins with a text."""
    _last_day(view)
    clauses, values = chosen("c", view.where)
    given = {"find": view.options.get("find", ""), **values}
    with view.reader.snapshot.cursor() as cursor:
        found = cursor.sql(FOUND.format(clauses=clauses), params=given).pl()
    return _plain(customer_search(found)) if found.height else _nobody(Found)


def profile(view: View) -> pl.DataFrame:
    """Who a customer is, on the last day."""
    _last_day(view)
    rows = _standing(view)
    if rows.is_empty():
        return _nobody(Profile)
    declared = timeline.declared(view.reader, _customer(view))
    told = ("customer_id", "city", "industry", "member_level", "owner", "consent")
    known = rows.join(declared.select(told), on="customer_id", how="left")
    return _plain(customer_profile(known))


def events(view: View) -> pl.DataFrame:
    """Everything that happened with a customer up to the view's date."""
    if _standing(view).is_empty():
        return _nobody(Timeline)
    settings = view.reader.settings
    found = timeline.rows(view.reader, _customer(view), view.as_of)
    names = view.reader.rows("SELECT campaign_id, name FROM campaign_plans")
    told = timeline.timeline(
        found, dict(names.iter_rows()), view.as_of, str(settings.timezone)
    )
    asked = view.options.get("event")
    kinds = [asked, TOGETHER.get(asked, asked)] if asked else []
    shown = told.filter(pl.col("event").is_in(kinds)) if asked else told
    return _plain(customer_timeline(shown))


def rhythm(view: View) -> pl.DataFrame:
    """How often a customer buys, and how late it is."""
    if _standing(view).is_empty():
        return _nobody(Rhythm)
    days = _days(view)
    if days.is_empty():
        return _nobody(Rhythm, NO_PURCHASE)
    found = customer_rhythm(
        PurchaseDays.validate(days.lazy()), as_of=view.as_of, group_gap=_group_gap(view)
    )
    return _plain(found)


def preferences(view: View) -> pl.DataFrame:
    """What, where and when a customer prefers to buy."""
    if _standing(view).is_empty():
        return _nobody(Preferences)
    bought = _bought(view)
    if bought.is_empty():
        return _nobody(Preferences, NO_PURCHASE)
    return _plain(customer_preferences(Bought.validate(bought.lazy())))


def scores(view: View) -> pl.DataFrame:
    """The scores of a customer on the month ends up to the view's date."""
    found = _scores(view)
    if found is None:
        return _nobody(ScoreHistory)
    return _plain(customer_scores(found))


def steps(view: View) -> pl.DataFrame:
    """What moved a customer's score from date to date."""
    found = _scores(view)
    if found is None:
        return _nobody(ScoreSteps)
    weights = view.reader.settings.health.weights
    return _plain(customer_steps(found, weights))


def action(view: View) -> pl.DataFrame:
    """What to do next for a customer."""
    standing = _standing(view)
    if standing.is_empty():
        return _nobody(NextAction)
    customer, reader = _customer(view), view.reader
    rows = dict(timeline.rows(reader, customer, view.as_of))
    if view.as_of == offered(reader)[-1]:
        made = situation.recorded(reader.snapshot.store.root, customer)
        rows["contacts"] = pl.concat([rows["contacts"], made], how="diagonal_relaxed")
    found = situation.situation(
        rows,
        timeline.declared(reader, customer),
        rhythm(view).row(0, named=True),
        (customer, view.as_of),
    )
    return _plain(next_action(Situation.validate(found.lazy())))


def _last_day(view: View) -> None:
    if view.as_of != offered(view.reader)[-1]:
        name = view.metric.name
        raise UsageError(f"{name} is told as of the last day; leave --as-of out")


def _customer(view: View) -> str:
    try:
        return view.options["customer"]
    except KeyError:
        raise UsageError("--customer ID is needed: whom to tell about") from None


def _standing(view: View) -> pl.DataFrame:
    """The customer's row of the last day; none if it is not there or not in view."""
    clauses, values = chosen("c", view.where)
    text = PROFILE.format(clauses=clauses)
    given = {"customer": _customer(view), **values}

    def ask() -> pl.DataFrame:
        with view.reader.snapshot.cursor() as cursor:
            return cursor.sql(text, params=given).pl()

    return view.reader.remember(("standing", given["customer"], view.where), ask)


def _days(view: View) -> pl.DataFrame:
    customer = _customer(view)
    given = {"customer": customer, "as_of": view.as_of}
    with view.reader.snapshot.cursor() as cursor:
        found = cursor.sql(DAYS, params=given).pl()
    return found.select(pl.lit(customer).alias("customer_id"), "day")


def _bought(view: View) -> pl.DataFrame:
    """The orders of the customer that count as purchases on the view's date."""
    rows = timeline.rows(view.reader, _customer(view), view.as_of)["orders"]
    known = pl.coalesce("refunded_on", "ordered_on") <= view.as_of
    back = pl.when(known).then(pl.col("refund")).otherwise(0)
    net = (pl.col("amount") - back).cast(pl.Float64)
    free = view.reader.settings.count_free_orders & (pl.col("amount") == 0)
    counted = (pl.col("status") == "completed") & ((net > 0) | free)
    return rows.filter(counted).select(
        "category",
        "channel",
        pl.col("store_id").alias("store"),
        pl.col("ordered_weekday").alias("weekday"),
        pl.col("ordered_hour").alias("hour"),
        net.alias("revenue"),
    )


def _scores(view: View) -> DataFrame[Factors] | None:
    """The factors of the last month ends; remembered, as two answers need them."""
    standing = _standing(view)
    if standing.is_empty():
        return None
    key = int(standing["customer_key"][0])
    days = [day for day in offered(view.reader) if day <= view.as_of][-MONTHS:]
    return view.reader.remember(
        ("one's scores", key, view.as_of),
        lambda: narrowed.scores(view.reader, key, days),
    )


def _group_gap(view: View) -> float | None:
    """The days by which half of all purchase days were followed by another."""

    def ask() -> float | None:
        asked = Question("purchase_interval", view.as_of)
        everybody = look(view.reader, LOCAL, asked)
        median: int | None = retention.intervals(everybody)["median_days"][0]
        return median

    return view.reader.remember(("group gap", view.as_of), ask)


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, pl.String).alias("reason"))


def _nobody(model: type[Result], reason: str = UNKNOWN) -> pl.DataFrame:
    """One row of nulls that says why."""
    schema = pl.Schema({**model.empty().schema, "reason": pl.String()})
    return pl.DataFrame([{"reason": reason}], schema=schema)


ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "customer_search": search,
    "customer_profile": profile,
    "customer_timeline": events,
    "customer_rhythm": rhythm,
    "customer_preferences": preferences,
    "customer_scores": scores,
    "customer_steps": steps,
    "next_action": action,
}
