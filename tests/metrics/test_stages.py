"""Life-cycle stages by hand, and steps from purchase to purchase."""

import numpy as np
import pytest

from metrics.stages import STAGES, Bought, stages, steps

TODAY = 2_000


def bought(*days: list[int]) -> Bought:
    """The purchase days of customers, by how many days ago."""
    who = np.array([n for n, own in enumerate(days) for _ in own], np.int64)
    day = np.array([TODAY - ago for own in days for ago in own], np.int64)
    return Bought(who, day, day, np.full(len(day), 10**6))


HISTORIES = {
    "prospect": [],
    "dormant": [700, 365],
    "reactivated": [800, 400, 10],
    "new": [89],
    "at_risk": [330, 320, 310, 300],
    "active": [300, 200, 100],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_first_stage_that_fits_is_a_customer_s_own(name: str) -> None:
    found = stages(bought(*HISTORIES.values()), TODAY, np.zeros(6, np.int64))
    assert STAGES[found[list(HISTORIES).index(name)]] == name


def test_a_gap_that_ended_more_than_ninety_days_ago_is_no_return() -> None:
    found = stages(bought([600, 90], [600, 89]), TODAY, np.zeros(2, np.int64))
    assert [STAGES[code] for code in found] == ["active", "reactivated"]


def test_who_is_known_later_is_absent() -> None:
    found = stages(bought([], []), TODAY, np.array([TODAY, TODAY + 1]))
    assert [STAGES[code] for code in found] == ["prospect", "absent"]


def test_a_refunded_purchase_counts_until_its_refund() -> None:
    one = bought([400, 50])
    refunded = Bought(one.customer, one.day, one.day, np.array([10**6, TODAY - 20]))
    known = np.zeros(1, np.int64)
    assert STAGES[stages(refunded, TODAY - 30, known)[0]] == "active"
    assert STAGES[stages(refunded, TODAY, known)[0]] == "dormant"


def test_steps_go_from_purchase_to_purchase_and_end_open() -> None:
    rows = steps(bought([30, 10], [5]), TODAY)
    assert rows.rows() == [(0, 1, 20, True), (0, 2, 10, False), (1, 1, 5, False)]
    assert steps(bought([]), TODAY).is_empty()
