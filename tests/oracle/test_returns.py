"""Who bought again, and how soon, equals plain SQL over the accepted orders."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.periods import HORIZONS
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

CURVE, AGES = Question("repurchase_curve"), Question("repurchase_at_age")
GAPS = Question("purchase_interval")
EAST = (Condition("region", ("华东",)),)
SOME = (Condition("tier", ("gold", "diamond")), Condition("store", ("S003",), True))
VIEWS = ((), EAST, SOME)
FIRSTS = """
    , firsts AS (SELECT customer_id, MIN(day) AS f FROM bought GROUP BY ALL),
    seconds AS (
        SELECT customer_id, f, MIN(day) FILTER (day > f) AS g
        FROM bought JOIN firsts USING (customer_id) JOIN chosen USING (customer_id)
        GROUP BY ALL
    )
"""
WAITS = (
    FIRSTS
    + """
    SELECT COALESCE(g, $as_of) - f AS days, g IS NOT NULL AS ended FROM seconds
"""
)
FOLLOWED = """
    , dates AS (
        SELECT DISTINCT customer_id, day FROM bought JOIN chosen USING (customer_id)
    ),
    later AS (
        SELECT d.customer_id, d.day, MIN(l.day) AS next
        FROM dates d
        LEFT JOIN dates l ON l.customer_id = d.customer_id AND l.day > d.day
        GROUP BY ALL
    )
    SELECT COALESCE(next, $as_of) - day AS gap, next IS NOT NULL AS ended FROM later
"""
MONTHS = (
    FIRSTS
    + """
    SELECT STRFTIME(f, '%Y-%m') AS month, COUNT(*) AS n,
        COUNT(*) FILTER (g - f BETWEEN 1 AND {days}) AS k
    FROM seconds GROUP BY ALL
    HAVING LAST_DAY(MIN(f)) + {days} <= $as_of ORDER BY month
"""
)


def asked_of(oracle: Oracle, text: str, asked: Question) -> list[tuple[Any, ...]]:
    """Plain SQL over the orders as of the question's date."""
    days = parameters(asked.as_of or oracle.last, "all")
    query = MEMBERS.replace("{where}", where(asked)) + text
    given = {name: each for name, each in days.items() if f"${name}" in query}
    return oracle.connection.execute(query, given).fetchall()


def by_hand(waits: list[tuple[Any, ...]]) -> Iterator[tuple[int, int, int, float]]:
    """Days with somebody leaving: at risk, events and the share back, by hand."""
    kept = 1.0
    for day in sorted({days for days, _ in waits}):
        risk = sum(days >= day for days, _ in waits)
        back = sum(days == day and ended for days, ended in waits)
        kept *= 1 - back / risk
        if risk >= 10:
            yield day, risk, back, 1 - kept


@pytest.mark.parametrize("back", [1, 6], ids=["last day", "month end"])
@pytest.mark.parametrize("conditions", VIEWS, ids=["all", "east", "some"])
def test_the_curve_equals_that_of_plain_sql_waits(
    company: Reader, oracle: Oracle, conditions: tuple[Condition, ...], back: int
) -> None:
    asked = replace(CURVE, as_of=offered(company)[-back], where=conditions)
    waits = asked_of(oracle, WAITS, asked)
    found = answer(company, LOCAL, asked)
    shown = found.select("days", "at_risk", "events", "value").rows()
    for mine, right in zip(shown, by_hand(waits), strict=True):
        assert mine[:3] == right[:3]
        assert math.isclose(mine[3], right[3], abs_tol=1e-9)
    assert set(found["n"]) == {len(waits)}


@pytest.mark.parametrize("back", [1, 6], ids=["last day", "month end"])
@pytest.mark.parametrize("conditions", VIEWS, ids=["all", "east", "some"])
def test_the_gaps_between_purchases_are_those_of_plain_sql(
    company: Reader, oracle: Oracle, conditions: tuple[Condition, ...], back: int
) -> None:
    asked = replace(GAPS, as_of=offered(company)[-back], where=conditions)
    waits = asked_of(oracle, FOLLOWED, asked)
    found = answer(company, LOCAL, asked)
    shown = found.select("days", "at_risk", "events", "value").rows()
    for mine, right in zip(shown, by_hand(waits), strict=True):
        assert mine[:3] == right[:3]
        assert math.isclose(mine[3], right[3], abs_tol=1e-9)
    assert set(found["n"]) == {len(waits)}


@pytest.mark.parametrize("by", ["region", "tier", "store"])
def test_the_gaps_of_segments_add_up(company: Reader, by: str) -> None:
    parts = answer(company, LOCAL, replace(GAPS, by=by))
    total = answer(company, LOCAL, GAPS)["n"][0]
    assert parts.group_by("segment").agg(pl.first("n"))["n"].sum() == total


@pytest.mark.parametrize("by", ["region", "tier", "store", "acquisition_channel"])
def test_segments_are_the_curves_of_their_customers_and_add_up(
    company: Reader, by: str
) -> None:
    told = ["days", "n", "at_risk", "events", "value", "ci_low", "ci_high"]
    parts = answer(company, LOCAL, replace(CURVE, by=by))
    bases = 0
    for (segment,), part in parts.group_by("segment"):
        alone = replace(CURVE, where=(Condition(by, (str(segment),)),))
        mine = answer(company, LOCAL, alone)
        assert part.select(told).equals(mine.select(told))
        assert (part["value"].null_count() > 0) == (part["n"][0] < 10)
        bases += part["n"][0]
    assert bases == answer(company, LOCAL, CURVE)["n"][0]


@pytest.mark.parametrize("back", [1, 6], ids=["last day", "month end"])
@pytest.mark.parametrize("conditions", VIEWS, ids=["all", "east", "some"])
def test_the_share_back_at_an_age_equals_plain_sql(
    company: Reader, oracle: Oracle, conditions: tuple[Condition, ...], back: int
) -> None:
    asked = replace(AGES, as_of=offered(company)[-back], where=conditions)
    found = answer(company, LOCAL, asked)
    for days in HORIZONS:
        right = asked_of(oracle, MONTHS.replace("{days}", str(days)), asked)
        mine = found.filter(pl.col("horizon_days") == days)
        assert mine["segment"].to_list() == [month for month, _, _ in right]
        assert mine["n"].to_list() == [n for _, n, _ in right]
        assert mine["value"].to_list() == [k / n for _, n, k in right]


def test_months_at_an_age_add_up_to_the_buyers_of_that_age(company: Reader) -> None:
    """All first-time buyers of the months that are over, at a month end."""
    day = date(2026, 9, 30)
    rows = answer(company, LOCAL, replace(AGES, as_of=day))
    total = answer(company, LOCAL, Question("repurchase_within", as_of=day))
    for days in HORIZONS:
        mine = rows.filter(pl.col("horizon_days") == days)["n"].sum()
        whole = total.filter(pl.col("horizon_days") == days)["n"].item()
        assert 0 <= whole - mine <= 0.1 * whole
