"""Comparisons without a control group: the worked example, and what speaks against."""

import numpy as np
import pytest
from scipy import stats

from metrics.arms import Sums
from metrics.did import (
    RECENT_LOW,
    TREND,
    About,
    Sides,
    alone,
    campaign_comparison,
    difference,
)

ABOUT = About("C", 30)


def sums(values: list[int]) -> Sums:
    return Sums(len(values), sum(values), sum(value**2 for value in values))


def many(seed: int, mean: float, size: int = 200) -> list[int]:
    rng = np.random.default_rng(seed)
    return [round(value) for value in rng.normal(mean, 50, size)]


def test_the_worked_example_comes_out() -> None:
    found, error, degrees = difference(Sides(sums([4, 6, 1, 5]), sums([1, 0, 2, -1])))
    assert found.value.item() == 3.5
    assert error == pytest.approx(1.258306, rel=1e-6)
    assert degrees == pytest.approx(4.9005, rel=1e-4)
    assert (found.low.item(), found.high.item()) == pytest.approx(
        (0.2456, 6.7544), abs=1e-4
    )


def test_a_mean_alone_has_student_s_interval() -> None:
    values = many(1, 5.0)
    told = alone(sums(values))
    low, high = stats.t.interval(
        0.95, len(values) - 1, np.mean(values), stats.sem(values)
    )
    assert told == pytest.approx((np.mean(values), low, high))


def test_only_the_comparison_with_others_is_more_than_descriptive() -> None:
    sides = Sides(sums(many(1, 20)), sums(many(2, 0)))
    flat = Sides(sums(many(3, 0)), sums(many(4, 0)))
    seasonal = {"season_matched": None, "before_after": sides.members}
    found = campaign_comparison(sides, flat, seasonal, ABOUT)
    grades = dict(found.select("segment", "grade").iter_rows())
    assert grades == {
        "did": "difference_in_differences",
        "season_matched": "before_after",
        "before_after": "before_after",
    }
    values = dict(found.select("segment", "value").iter_rows())
    assert values["season_matched"] is None
    assert values["before_after"] == pytest.approx(np.mean(many(1, 20)))


@pytest.mark.parametrize(
    ("silent", "apart", "reason"),
    [
        (False, 0, None),
        (True, 0, RECENT_LOW),
        (False, 60, TREND),
        (True, 60, f"{RECENT_LOW}; {TREND}"),
    ],
)
def test_what_speaks_against_a_comparison_is_said(
    silent: bool, apart: int, reason: str | None
) -> None:
    sides = Sides(sums(many(1, 20)), sums(many(2, 0)))
    trend = Sides(sums(many(3, apart)), sums(many(4, 0)))
    seasonal = {"season_matched": None, "before_after": sides.members}
    about = About("C", 30, silent=silent)
    assert campaign_comparison(sides, trend, seasonal, about)["reason"][0] == reason


def test_too_few_on_a_side_are_not_compared() -> None:
    sides = Sides(sums(many(1, 20, 29)), sums(many(2, 0)))
    seasonal = {"season_matched": None, "before_after": sides.members}
    found = campaign_comparison(sides, sides, seasonal, ABOUT)
    assert found["value"].null_count() == 3
    assert found["reason"].null_count() == 0
