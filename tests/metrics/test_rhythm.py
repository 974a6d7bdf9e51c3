"""How often a customer buys, what it prefers, and what to do next: worked by hand."""

from datetime import date, timedelta

import polars as pl
import pytest

from data.schemas.person import Bought, PurchaseDays, Situation
from metrics.next_action import RULES, next_action
from metrics.preferences import customer_preferences
from metrics.rhythm import customer_rhythm

START = date(2026, 1, 1)
CALM = {
    "customer_id": "A",
    "complaint_days": None,
    "score": None,
    "score_days": None,
    "contact_days": None,
    "promise_days": None,
    "purchase_days": 3,
    "days_since": 10,
    "overdue_ratio": 0.5,
    "consent": True,
}


def rhythm(days: list[int], on: int, group: float | None) -> dict[str, object]:
    rows = pl.LazyFrame(
        {"customer_id": "A", "day": [START + timedelta(day) for day in days]}
    )
    return customer_rhythm(
        PurchaseDays.validate(rows), as_of=START + timedelta(on), group_gap=group
    ).row(0, named=True)


def actions(**facts: object) -> list[str]:
    schema = {
        name: column.dtype.type
        for name, column in Situation.to_schema().columns.items()
    }
    rows = pl.DataFrame([{**CALM, **facts}], schema=schema)
    return next_action(Situation.validate(rows.lazy()))["action"].to_list()


def test_the_usual_gap_is_drawn_towards_the_group_s() -> None:
    # Gaps 10, 20, 40: median 20 counts 3, the group's 50 counts 2.
    told = rhythm([0, 10, 30, 70], 70 + 64, 50.0)
    assert told["gaps"] == 3
    assert told["median_gap"] == 20.0
    assert told["usual_gap"] == pytest.approx((3 * 20 + 2 * 50) / 5)
    assert told["overdue_ratio"] == pytest.approx(64 / 32)
    assert told["expected_on"] == START + timedelta(70 + 32)


def test_a_one_time_buyer_has_the_group_s_rhythm_and_no_median() -> None:
    told = rhythm([0], 25, 50.0)
    assert told["median_gap"] is None
    assert told["usual_gap"] == 50.0
    assert told["overdue_ratio"] == 0.5


def test_one_completed_gap_is_too_few_for_a_median() -> None:
    told = rhythm([0, 10], 10, 40.0)
    assert told["median_gap"] is None
    assert told["usual_gap"] == pytest.approx((10 + 2 * 40) / 3)


def test_without_the_group_s_gap_nothing_is_late() -> None:
    told = rhythm([0, 10, 20], 90, None)
    assert told["usual_gap"] is told["overdue_ratio"] is told["expected_on"] is None
    assert told["days_since"] == 70


def test_two_orders_of_a_day_are_one_purchase_day() -> None:
    assert rhythm([0, 0, 10, 10, 20], 20, 10.0)["purchase_days"] == 3


def test_the_preferred_value_has_the_most_purchases_then_the_most_revenue() -> None:
    rows = pl.LazyFrame(
        {
            "category": ["tea", "tea", "cup", "cup", None],
            "channel": ["app", "web", "app", "app", "app"],
            "store": [None] * 5,
            "weekday": [1, 1, 2, 7, 7],
            "hour": [9, 9, 9, 23, None],
            "revenue": [10.0, 10.0, 15.0, 15.0, 99.0],
        },
        schema_overrides={"store": pl.String},
    )
    found = customer_preferences(Bought.validate(rows))
    best = dict(
        found.filter(pl.col("place") == 1).select("habit", "segment").iter_rows()
    )
    assert best == {"category": "cup", "channel": "app", "weekday": "7", "hour": "9"}
    category = found.filter(pl.col("habit") == "category")
    assert category["share"].to_list() == [0.5, 0.5]
    assert category["orders"].sum() == 4


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({}, "nothing"),
        ({"complaint_days": 0, "promise_days": 3}, "solve_complaint"),
        ({"promise_days": 1, "contact_days": 3}, "keep_promise"),
        ({"score": 6, "score_days": 90}, "call_detractor"),
        ({"score": 6, "score_days": 91}, "nothing"),
        ({"score": 7, "score_days": 5}, "nothing"),
        ({"score": 2, "score_days": 5, "contact_days": 6}, "call_detractor"),
        ({"score": 2, "score_days": 5, "contact_days": 4}, "rest"),
        ({"contact_days": 14, "overdue_ratio": 3.0}, "rest"),
        ({"contact_days": 15, "overdue_ratio": 3.0}, "win_back"),
        ({"overdue_ratio": 2.0}, "nothing"),
        ({"overdue_ratio": 3.0, "consent": False}, "respect"),
        ({"overdue_ratio": 3.0, "consent": None}, "win_back"),
        ({"days_since": 365, "overdue_ratio": 3.0}, "win_back"),
        ({"days_since": 366, "overdue_ratio": 3.0}, "reactivate"),
        ({"purchase_days": 1, "days_since": 29}, "nothing"),
        ({"purchase_days": 1, "days_since": 30}, "second_purchase"),
        ({"score": 9, "score_days": 0}, "ask_referral"),
    ],
)
def test_the_first_rule_that_applies_is_the_next_best_action(
    facts: dict[str, object], first: str
) -> None:
    assert actions(**facts)[0] == first


def test_what_comes_after_keeps_the_order_of_the_rules() -> None:
    found = actions(complaint_days=2, score=1, score_days=3, overdue_ratio=5.0)
    assert found == ["solve_complaint", "call_detractor", "win_back"]
    assert found == [name for name in RULES if name in found]
