"""Scores equal naive arithmetic over the accepted rows, customer by customer."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean, stdev
from typing import Any

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

YEAR, FULL_SPEND = timedelta(365), 10_000.0
DIMENSIONS = "product_quality, service, delivery, communication, support"
LOYALTY = {"recency": 30, "frequency": 25, "tenure": 15, "nps": 20, "programme": 10}
HEALTH = {
    "value": 25, "loyalty": 30, "satisfaction": 20, "service": 15, "engagement": 10,
}  # fmt: skip
Days = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["last day", "a year ago", "long ago"])
def as_of(request: pytest.FixtureRequest, company: Reader) -> date:
    """Two dates of which sums are kept, and one that is counted when asked for."""
    dates = offered(company)
    return dates[{"last day": -1, "a year ago": -13, "long ago": -20}[request.param]]


def by_customer(oracle: Oracle, query: str, **given: object) -> Days:
    found: Days = defaultdict(list)
    for customer, *rest in oracle.connection.execute(query, given).fetchall():
        found[customer].append(tuple(rest))
    return found


def capped(share: float) -> float:
    return 100 * min(1.0, max(0.0, share))


def mean_of(parts: dict[str, float | None], weights: dict[str, int]) -> float:
    known = {name: part for name, part in parts.items() if part is not None}
    total = sum(weights[name] for name in known)
    return sum(weights[name] * part for name, part in known.items()) / total


def share(told: list[float]) -> float | None:
    return fmean(told) if told else None


class Raw:
    """The accepted rows of every customer, as of a day."""

    def __init__(self, oracle: Oracle, day: date) -> None:
        self.day = day
        members, given = MEMBERS.replace("{where}", "TRUE"), parameters(day, "365")
        self.spent = by_customer(
            oracle, members + "SELECT customer_id, day, net FROM ledger", **given
        )
        self.bought = by_customer(
            oracle, members + "SELECT DISTINCT customer_id, day FROM bought", **given
        )
        known = "COALESCE(answered_on, sent_on)"
        self.answers = by_customer(
            oracle, f"SELECT customer_id, {known}, score, {DIMENSIONS} FROM surveys"
        )
        self.tickets = by_customer(
            oracle, "SELECT customer_id, opened_on, resolved_on FROM tickets"
        )
        self.points = by_customer(
            oracle,
            "SELECT customer_id, occurred_on FROM points"
            " WHERE kind IN ('earn', 'redeem')",
        )
        self.touches = by_customer(
            oracle, "SELECT customer_id, occurred_on FROM interactions"
        )

    def recent(self, day: date) -> bool:
        return self.day - YEAR < day <= self.day

    def active(self, days: Days, customer: str) -> float | None:
        ever = {day for (day,) in days[customer] if day <= self.day}
        return len(set(filter(self.recent, ever))) / 12 if ever else None

    def loyalty(self, customer: str) -> float:
        days = {day for (day,) in self.bought[customer]}
        programme = self.active(self.points, customer)
        score = share([a[1] for a in self._answers(customer) if a[1] is not None])
        return mean_of(
            {
                "recency": capped(1 - (self.day - max(days)).days / 365),
                "frequency": capped(sum(map(self.recent, days)) / 6),
                "tenure": capped((self.day - min(days)).days / 1095),
                "nps": None if score is None else capped(score / 10),
                "programme": None if programme is None else capped(programme),
            },
            LOYALTY,
        )

    def health(self, customer: str) -> float:
        spent = sum(float(net) for day, net in self.spent[customer] if self.recent(day))
        rated = [
            a for each in self._answers(customer) for a in each[2:] if a is not None
        ]
        due = [
            (opened + timedelta(3), ended) for opened, ended in self.tickets[customer]
        ]
        kept = [float(e is not None and e <= d) for d, e in due if self.recent(d)]
        touched = self.active(self.touches, customer)
        return mean_of(
            {
                "value": capped(spent / FULL_SPEND),
                "loyalty": self.loyalty(customer),
                "satisfaction": 25 * (fmean(rated) - 1) if rated else None,
                "service": 100 * fmean(kept) if kept else None,
                "engagement": None if touched is None else capped(touched),
            },
            HEALTH,
        )

    def _answers(self, customer: str) -> list[tuple[Any, ...]]:
        return [each for each in self.answers[customer] if self.recent(each[0])]


@pytest.fixture
def raw(oracle: Oracle, as_of: date) -> Raw:
    return Raw(oracle, as_of)


def told(company: Reader, metric: str, as_of: date, **asked: Any) -> Any:
    return answer(company, LOCAL, Question(metric, as_of=as_of, **asked))


def test_each_customers_scores_are_those_of_naive_arithmetic(
    company: Reader, raw: Raw
) -> None:
    each = (("per-customer", "true"),)
    for metric, name in (("health_score", "health"), ("loyalty_index", "loyalty")):
        rows = told(company, metric, raw.day, options=each)
        right = {c: getattr(raw, name)(c) for c in raw.bought if c is not None}
        found = dict(rows.select("customer_id", name).iter_rows())
        assert found == pytest.approx(right, abs=1e-9)
        assert rows[name].is_sorted()


def test_a_company_scores_the_mean_of_its_customers(company: Reader, raw: Raw) -> None:
    scores = [raw.health(customer) for customer in raw.bought if customer is not None]
    found = told(company, "health_score", raw.day).row(0, named=True)
    assert found["n"] == len(scores)
    assert found["value"] == pytest.approx(fmean(scores), abs=1e-6)
    half = 1.96 * stdev(scores) / len(scores) ** 0.5
    assert found["ci_high"] - found["value"] == pytest.approx(half, rel=0.01)
    parts = [v for name, v in found.items() if name.endswith("_part")]
    assert sum(parts) == pytest.approx(found["value"], abs=1e-6)


@pytest.mark.parametrize("metric", ["health_score", "loyalty_index"])
@pytest.mark.parametrize("by", ["tier", "store", "region", "acquisition_channel"])
def test_segments_weighted_by_customers_add_up(
    company: Reader, metric: str, by: str
) -> None:
    total = answer(company, LOCAL, Question(metric)).row(0, named=True)
    parts = answer(company, LOCAL, Question(metric, by=by))
    assert parts["n"].sum() == total["n"]
    summed = (parts["value"] * parts["n"]).sum()
    assert summed == pytest.approx(total["value"] * total["n"], abs=1e-5)


FILTERS = (
    (Condition("region", ("华东",)),),
    (Condition("tier", ("dormant",), negate=True),),
    (Condition("store", ("S001", "S007", "S030")), Condition("tier", ("silver",))),
)


@pytest.mark.parametrize("chosen", FILTERS)
def test_a_filter_scores_the_customers_in_it(
    company: Reader, oracle: Oracle, raw: Raw, chosen: tuple[Condition, ...]
) -> None:
    asked = Question("health_score", where=chosen)
    query = MEMBERS.replace("{where}", where(asked)) + (
        "SELECT customer_id FROM chosen WHERE customer_id IN (SELECT customer_id"
        " FROM bought) AND customer_id IS NOT NULL"
    )
    inside = list(by_customer(oracle, query, **parameters(raw.day, "365")))
    found = told(company, "health_score", raw.day, where=chosen).row(0, named=True)
    assert found["n"] == len(inside)
    right = share([raw.health(customer) for customer in inside])
    assert found["value"] == (right and pytest.approx(right, abs=1e-6))


@pytest.mark.parametrize("compare", ["previous", "year"])
@pytest.mark.parametrize("chosen", [(), *FILTERS])
def test_what_changed_sums_to_the_change(
    company: Reader, as_of: date, compare: str, chosen: tuple[Condition, ...]
) -> None:
    options = (("compare", compare),)
    score = told(company, "health_score", as_of, where=chosen, options=options)
    parts = told(company, "health_change", as_of, where=chosen, options=options)
    change = score["change"][0]
    if change is None:
        assert parts["effect"].is_null().all()
        return
    assert parts["effect"].sum() == pytest.approx(change, abs=1e-5)
    assert len(parts) == parts["part"].n_unique()


def test_what_changed_in_each_tier_sums_to_its_change(company: Reader) -> None:
    options = (("compare", "year"),)
    score = answer(company, LOCAL, Question("health_score", by="tier", options=options))
    parts = answer(
        company, LOCAL, Question("health_change", by="tier", options=options)
    )
    found = dict(parts.group_by("segment").agg(pl.col("effect").sum()).iter_rows())
    right = dict(score.drop_nulls("change").select("segment", "change").iter_rows())
    assert right
    assert {name: found[name] for name in right} == pytest.approx(right, abs=1e-5)


def test_those_who_stayed_joined_and_left_are_counted(
    company: Reader, oracle: Oracle
) -> None:
    now = offered(company)[-1]
    then = now.replace(year=now.year - 1)
    people = [{c for c in Raw(oracle, day).bought if c} for day in (then, now)]
    parts = told(company, "health_change", now, options=(("compare", "year"),))
    counts = dict(parts.select("part", "n").iter_rows())
    assert counts["stayed"] == len(people[0] & people[1])
    assert counts["joined"] == len(people[1] - people[0])
    assert counts["left"] == len(people[0] - people[1])
