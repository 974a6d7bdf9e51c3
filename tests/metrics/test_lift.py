"""Lift, intervals and guards, against worked examples, scipy and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, t, ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from metrics.arms import Arm, Sums, arm, cuped, plain
from metrics.guards import Evidence, gate, roi, srm_p_value
from metrics.lift import absolute, always_valid, freedom, relative, standard_error
from metrics.lift import student as student_reach
from metrics.multiplicity import benjamini_hochberg, holm, selected_level
from metrics.power import detectable, for_more_than, per_arm, reach, unequal

CLOSED = 1e-9
WORKED = 1e-4


def shares(bought: int, n: int) -> Arm:
    return plain([Sums(n, bought, bought)])


def sums(pairs: list[tuple[int, int]]) -> Sums:
    return Sums(
        len(pairs),
        sum(y for y, _ in pairs),
        sum(y * y for y, _ in pairs),
        sum(x for _, x in pairs),
        sum(x * x for _, x in pairs),
        sum(x * y for y, x in pairs),
    )


TREATED, UNTREATED = shares(600, 5000), shares(500, 5000)


def delta(treatment: Arm, control: Arm) -> tuple[float, float]:
    """The delta method, close to Fieller where the control is well known."""
    ratio, mean = treatment.mean / control.mean, control.mean
    error = np.sqrt(
        treatment.spread / mean**2 + control.spread * treatment.mean**2 / mean**4
    )
    half = t.ppf(0.975, freedom(treatment, control)) * error
    return (ratio - 1 - half).item(), (ratio - 1 + half).item()


def test_the_absolute_lift_of_the_worked_example() -> None:
    reach_of = student_reach(TREATED, UNTREATED)
    lift = absolute(TREATED, UNTREATED, reach_of)
    assert lift.value == pytest.approx(0.02)
    assert standard_error(TREATED, UNTREATED) == pytest.approx(0.0062552, rel=WORKED)
    assert (lift.low, lift.high) == pytest.approx((0.0077385, 0.0322615), rel=WORKED)
    assert lift.p_value == pytest.approx(0.001391, abs=5e-7)


def test_the_relative_lift_of_the_worked_example() -> None:
    lift = relative(TREATED, UNTREATED, student_reach(TREATED, UNTREATED))
    assert lift.value == pytest.approx(0.2)
    assert (lift.low, lift.high) == pytest.approx((0.07318, 0.34354), rel=WORKED)
    assert delta(TREATED, UNTREATED) == pytest.approx((0.06554, 0.33446), rel=WORKED)


def test_the_delta_method_is_close_where_the_control_is_well_known() -> None:
    treatment, control = shares(60_000, 500_000), shares(50_000, 500_000)
    lift = relative(treatment, control, student_reach(treatment, control))
    assert delta(treatment, control) == pytest.approx(
        (lift.low.item(), lift.high.item()), rel=0.02
    )


def test_the_always_valid_interval_of_the_worked_example() -> None:
    found = always_valid(
        arm([250, 500, 2500, 5000], 0, 1), arm([250, 500, 2500, 5000], 0, 1)
    )
    assert found == pytest.approx([3.85505, 3.36389, 3.03521, 3.06148], abs=5e-6)
    lift = absolute(TREATED, UNTREATED, always_valid(TREATED, UNTREATED))
    assert (lift.low, lift.high) == pytest.approx((0.00084977, 0.0391502), rel=WORKED)


def test_few_members_have_no_always_valid_interval() -> None:
    assert np.isnan(always_valid(arm(74, 0, 1), arm(75, 0, 1)))
    assert not np.isnan(always_valid(arm(75, 0, 1), arm(75, 0, 1)))


def test_cuped_of_the_worked_example() -> None:
    treatment = sums([(3, 1), (5, 2), (9, 4), (7, 3)])
    control = sums([(2, 1), (4, 3), (3, 2), (7, 4)])
    one, two, theta = cuped(treatment, control)
    assert theta == pytest.approx(1.8)
    assert [one.mean, two.mean] == pytest.approx([6, 4])
    spreads = [one.variance, two.variance]
    assert spreads == pytest.approx([0.0666667, 0.4666667], rel=1e-6)
    assert standard_error(one, two) == pytest.approx(0.365148, abs=5e-7)
    bare = plain([treatment, control])
    error = np.sqrt(bare.spread.sum())
    assert error == pytest.approx(1.683251, abs=5e-7)


def test_cuped_without_a_history_changes_nothing() -> None:
    treatment, control = sums([(3, 0), (5, 0)]), sums([(1, 0), (2, 0)])
    one, two, theta = cuped(treatment, control)
    assert theta == 0
    assert (one.mean, one.variance) == (4, 2)
    assert (two.mean, two.variance) == (1.5, 0.5)


def test_srm_of_the_worked_example_is_scipy() -> None:
    for observed, p_value in (([9120, 880], 6.33e-5), ([9050, 950], 0.0956)):
        found = srm_p_value(observed, [0.9, 0.1])
        assert found == pytest.approx(p_value, rel=0.005)
        right = chisquare(observed, [9000, 1000]).pvalue
        assert found == pytest.approx(right, abs=CLOSED)


def test_srm_is_not_tested_where_an_arm_expects_few() -> None:
    assert srm_p_value([45, 4], [0.9, 0.1]) is None
    assert srm_p_value([100], [1.0]) is None


def test_the_sizes_of_the_worked_examples() -> None:
    bases = (0.02, 0.05, 0.10, 0.15)
    assert [per_arm(p, 0.2) for p in bases] == [21109, 8158, 3841, 2402]
    found = [for_more_than(p, 0.2, 0.4) for p in bases]
    assert found == [27197, 10479, 4906, 3048]
    variances = 0.12 * 0.88, 0.1 * 0.9
    assert unequal(variances, 0.02, 9) == (17967, 1997)


def test_a_detectable_lift_is_found_eight_times_in_ten() -> None:
    """With equal variances and many members statsmodels has a power of 0.8."""
    treatment, control = arm(4000, 0, 4.0), arm(4000, 0, 4.0)
    effect = detectable(treatment, control) / 2
    power = TTestIndPower().power(effect, nobs1=4000, alpha=0.05)
    assert power == pytest.approx(0.8, abs=2e-4)
    assert reach() == pytest.approx(2.8015852)


def test_the_money_of_the_worked_example() -> None:
    low, high = (2.4 - 1.96 * 0.5, 2.4 + 1.96 * 0.5)
    found = [roi(5000 * each, 8000) for each in (2.4, low, high)]
    assert found == pytest.approx([0.5, -0.1125, 1.1125])
    assert roi(100.0, 0) is None
    assert roi(None, 8000) is None


@pytest.mark.parametrize(
    ("interval", "answer"),
    [
        ((0.3, 0.21, 0.4), "roll_out"),
        ((0.1, 0.02, 0.19), "works_below_target"),
        ((-0.1, -0.2, -0.01), "harmful"),
        ((0.0, -0.1, 0.1), "stop"),
        ((0.3, 0.1, 0.5), "lean"),
        ((0.15, 0.1, 0.2), "keep_piloting"),  # high = threshold is not below it
        ((0.3, -0.1, 0.7), "keep_piloting"),
        ((0.3, None, None), "not_decidable"),
    ],
)
def test_the_gate_gives_the_first_answer_that_fits(
    interval: tuple[float, float | None, float | None], answer: str
) -> None:
    assert gate(Evidence(*interval, guards=True), 0.2) == answer
    assert gate(Evidence(*interval, guards=False), 0.2) == "not_decidable"


FEW = settings(max_examples=40)
VALUES = st.lists(st.integers(0, 10**6), min_size=2, max_size=40)


@FEW
@given(VALUES, VALUES)
def test_welch_is_scipy_and_statsmodels(one: list[int], two: list[int]) -> None:
    if min(len(set(one)), len(set(two))) == 1:  # scipy warns of these
        return
    treatment, control = (plain([sums([(y, 0) for y in each])]) for each in (one, two))
    lift = absolute(treatment, control, student_reach(treatment, control))
    right = ttest_ind(one, two, equal_var=False)
    interval = CompareMeans(DescrStatsW(one), DescrStatsW(two)).tconfint_diff(
        usevar="unequal"
    )
    scale = max(map(abs, interval))
    assert lift.p_value[0] == pytest.approx(right.pvalue, abs=CLOSED)
    found = lift.low[0] / scale, lift.high[0] / scale
    assert found == pytest.approx([each / scale for each in interval], abs=CLOSED)


@FEW
@given(VALUES, VALUES)
def test_both_intervals_agree_on_whether_there_is_a_lift(
    one: list[int], two: list[int]
) -> None:
    treatment, control = (plain([sums([(y, 0) for y in each])]) for each in (one, two))
    reach_of = student_reach(treatment, control)
    first, second = (f(treatment, control, reach_of) for f in (absolute, relative))
    if np.isnan(second.low[0]) or abs(first.low[0]) < 1e-6 or abs(first.high[0]) < 1e-6:
        return
    excluded = [each.low[0] > 0 or each.high[0] < 0 for each in (first, second)]
    assert excluded[0] == excluded[1]


def test_two_arms_without_spread_have_no_interval() -> None:
    treatment, control = shares(0, 50), shares(0, 60)
    for kind in (absolute, relative):
        lift = kind(treatment, control, student_reach(treatment, control))
        assert np.isnan([lift.low, lift.high, lift.p_value]).all()


P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@FEW
@given(P_VALUES)
def test_adjusted_p_values_are_statsmodels(given_p: list[float]) -> None:
    p_values = np.array(given_p)
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        right = multipletests(p_values, method=theirs)[1]
        assert ours(p_values) == pytest.approx(right, abs=CLOSED)


def test_what_was_not_tested_is_no_part_of_the_family() -> None:
    found = holm(np.array([0.01, np.nan, 0.02]))
    assert found == pytest.approx([0.02, np.nan, 0.02], nan_ok=True)


def test_intervals_of_discoveries_are_wider_the_fewer_there_are() -> None:
    assert selected_level(np.array([0.001, 0.9, 0.8, 0.7])) == pytest.approx(
        1 - 0.05 / 4
    )
    assert selected_level(np.array([0.001, 0.001])) == pytest.approx(0.95)
    assert np.isnan(selected_level(np.array([0.5])))


def test_large_money_loses_no_digit() -> None:
    """Centred sums of squares are exact where floats would lose all digits."""
    base, n = 10**14, 1000
    values = [base + each % 2 for each in range(n)]
    found = Sums(n, sum(values), sum(v * v for v in values), y_unit=100)
    assert found.syy() == pytest.approx(n / 4 / 1e4, rel=1e-12)
