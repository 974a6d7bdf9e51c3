"""One customer's figures against plain SQL over accepted rows, and against all's."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.answers.people import people
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from data.errors import UsageError
from tests.oracle.raw import NET, PURCHASES, Oracle

WHO = 24
EVENTS = {
    "order": ("orders", "ordered_on", "1"),
    "answer": ("surveys", "answered_on", "1"),
    "ticket": ("tickets", "opened_on", "1"),
    "solved": ("tickets", "resolved_on", "1"),
    "points": ("points", "occurred_on", "1"),
    "interaction": (
        "interactions",
        "occurred_on",
        "DISTINCT (occurred_on, kind, channel)",
    ),
}
"""Per event its table, its day, and what is counted of it."""


@pytest.fixture(scope="session")
def some(oracle: Oracle) -> list[str]:
    """Customers who bought often, of the middle and of the edge of the data."""
    rows = oracle.connection.execute(
        "SELECT customer_id FROM orders GROUP BY 1 HAVING COUNT(*) >= 3"
        " ORDER BY hash(customer_id) LIMIT $n",
        {"n": WHO},
    ).fetchall()
    return [row[0] for row in rows]


def ask(
    company: Reader, metric: str, customer: str, day: date | None = None
) -> pl.DataFrame:
    question = Question(metric, day, options=(("customer", customer),))
    return answer(company, LOCAL, question)


def one(company: Reader, metric: str, customer: str) -> dict[str, Any]:
    return ask(company, metric, customer).row(0, named=True)


def test_the_rhythm_is_that_of_the_raw_purchase_days(
    company: Reader, oracle: Oracle, some: list[str]
) -> None:
    text = (
        f"WITH days AS (SELECT DISTINCT day FROM ({PURCHASES}) WHERE customer_id = $c),"
        " gaps AS (SELECT day - LAG(day) OVER (ORDER BY day) AS gap FROM days)"
        " SELECT (SELECT COUNT(*) FROM days), (SELECT MIN(day) FROM days),"
        " (SELECT MAX(day) FROM days), (SELECT MEDIAN(gap) FROM gaps)"
    )
    for customer in some:
        told = one(company, "customer_rhythm", customer)
        days, first, last, median = oracle.one(text, c=customer, as_of=oracle.last)
        assert (told["purchase_days"], told["first_day"], told["last_day"]) == (
            days,
            first,
            last,
        )
        assert told["median_gap"] == (median if told["gaps"] >= 2 else None)


def test_the_timeline_has_every_event_once(
    company: Reader, oracle: Oracle, some: list[str]
) -> None:
    for customer in some:
        told = ask(company, "customer_timeline", customer)
        counts = dict(told.group_by("event").len().iter_rows())
        for event, (table, on, what) in EVENTS.items():
            text = (
                f"SELECT COUNT({what}) FROM {table}"
                f" WHERE customer_id = $c AND {on} <= $d"
            )
            expected = oracle.one(text, c=customer, d=oracle.last)[0]
            assert counts.get(event, 0) == expected, (customer, event)
        assert told["day"].is_sorted(descending=True)


def test_an_earlier_timeline_knows_nothing_later(
    company: Reader, some: list[str]
) -> None:
    day = offered(company)[-8]
    for customer in some:
        whole = ask(company, "customer_timeline", customer)
        past = whole.filter(pl.col("day") <= day)
        told = ask(company, "customer_timeline", customer, day)
        assert told.drop_nulls("event").equals(past)


def test_preferences_are_counts_of_the_raw_purchases(
    company: Reader, oracle: Oracle, some: list[str]
) -> None:
    text = (
        "SELECT o.channel, COUNT(*) FROM orders o WHERE o.customer_id = $c"
        f" AND o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0"
        " AND o.channel IS NOT NULL GROUP BY 1"
    )
    for customer in some:
        rows = oracle.connection.execute(text, {"c": customer, "as_of": oracle.last})
        told = ask(company, "customer_preferences", customer)
        mine = told.filter(pl.col("habit") == "channel").select("segment", "orders")
        assert dict(mine.iter_rows()) == dict(rows.fetchall())


def test_the_profile_is_the_customer_s_row_in_the_lists(
    company: Reader, some: list[str]
) -> None:
    everybody = people(company, LOCAL, Question("customers"))
    for customer in some:
        told = one(company, "customer_profile", customer)
        row = everybody.filter(pl.col("customer_id") == customer).row(0, named=True)
        for name in ("store", "region", "tier", "first_day", "last_day", "days"):
            assert told[name] == row[name]
        assert told["annual_revenue"] == float(row["annual_revenue"])


@pytest.mark.parametrize("place", [-1, -3, -14])
def test_scores_of_one_are_those_among_everybody_s(
    company: Reader, some: list[str], place: int
) -> None:
    day = offered(company)[place]
    each = Question("health_score", day, options=(("per-customer", "true"),))
    everybody = answer(company, LOCAL, each).select("customer_id", "health", "loyalty")
    scores = {row[0]: row[1:] for row in everybody.iter_rows()}
    for customer in some:
        told = ask(company, "customer_scores", customer)
        mine = told.filter(pl.col("as_of") == day).select("health", "loyalty")
        assert mine.height == int(customer in scores)
        for row in mine.rows():
            assert row == pytest.approx(scores[customer], abs=1e-9)


def test_the_steps_sum_to_every_change_of_the_score(
    company: Reader, some: list[str]
) -> None:
    compared = 0
    for customer in some:
        scores = ask(company, "customer_scores", customer).drop_nulls("health")
        health = dict(scores.select("as_of", "health").iter_rows())
        steps = ask(company, "customer_steps", customer)
        sums = steps.group_by("as_of", "since").agg(pl.col("effect").sum())
        for as_of, since, effect in sums.drop_nulls().iter_rows():
            assert effect == pytest.approx(health[as_of] - health[since], abs=1e-6)
            compared += 1
    assert compared > WHO


def test_nobody_outside_the_viewer_s_rights_is_told_about(
    company: Reader, some: list[str]
) -> None:
    mine = one(company, "customer_profile", some[0])["region"]
    elsewhere = Rights(rows=(Condition("region", (mine,), negate=True),))
    stranger = Viewer("s", "store", elsewhere)
    for metric in ("customer_profile", "customer_timeline", "customer_scores"):
        question = Question(metric, options=(("customer", some[0]),))
        told = answer(company, stranger, question)
        assert told["reason"].to_list() == ["no customer has this id"]
        assert told.drop("reason").null_count().sum_horizontal()[0] == told.width - 1
    found = answer(company, stranger, Question("customer_search"))
    assert some[0] not in found["customer_id"]


def test_search_finds_by_the_beginning_of_the_id_the_largest_first(
    company: Reader, some: list[str]
) -> None:
    question = Question("customer_search", options=(("find", some[0][:5]),))
    found = answer(company, LOCAL, question)
    assert found.height == 20
    assert found["customer_id"].str.starts_with(some[0][:5]).all()
    assert found["annual_revenue"].is_sorted(descending=True)


def test_a_customer_has_to_be_named(company: Reader) -> None:
    with pytest.raises(UsageError, match="--customer"):
        answer(company, LOCAL, Question("customer_profile"))
