"""What a test says of simulated campaigns whose truth is known."""

import numpy as np
import pytest
from numpy.random import Generator, default_rng
from scipy.stats import kstest

from metrics.arms import Arm, arm
from metrics.guards import ALARM, Evidence, gate, srm_p_value
from metrics.lift import Lift, absolute, always_valid, relative, student
from metrics.likelihood import Array
from metrics.multiplicity import benjamini_hochberg

RUNS = 20_000
SIGMA = 4


def band(rate: float, runs: int) -> float:
    """Four standard deviations of a simulated rate."""
    return SIGMA * float(np.sqrt(rate * (1 - rate) / runs))


def binomial(rng: Generator, share: float, n: int, runs: int) -> Arm:
    mean = rng.binomial(n, share, runs) / n
    return arm(np.full(runs, n), mean, mean * (1 - mean) * n / (n - 1))


def seen(values: Array) -> Arm:
    """One arm per row of values."""
    size = np.full(len(values), values.shape[1])
    return arm(size, values.mean(axis=1), values.var(axis=1, ddof=1))


def read_once(treatment: Arm, control: Arm) -> Lift:
    return absolute(treatment, control, student(treatment, control))


def excludes(lift: Lift, truth: float = 0.0) -> Array:
    return (lift.low > truth) | (lift.high < truth)


def lognormal(rng: Generator, n: int, runs: int) -> Arm:
    return seen(rng.lognormal(0, 1.5, (runs, n)))


def test_two_equal_arms_differ_as_often_as_said() -> None:
    """Reliability 87: 20,000 A/A tests, shares and normal values, on p and interval."""
    rng = default_rng(87)
    shares = [binomial(rng, 0.3, 2000, RUNS) for _ in "12"]
    normal = [seen(rng.normal(5, 2, (RUNS, 40))) for _ in "12"]
    for arms in (shares, normal):
        lift = read_once(*arms)
        assert 0.044 < (lift.p_value < 0.05).mean() < 0.056
        assert ((lift.p_value < 0.05) == excludes(lift)).all()
    assert kstest(read_once(*normal).p_value, "uniform").pvalue > ALARM


@pytest.mark.parametrize("n", [50, 500])
def test_skewed_values_raise_no_more_false_alarms(n: int) -> None:
    """Reliability 88: A/A of lognormal values, never above 5.6% but for chance."""
    rng, runs = default_rng(88), 4000
    lift = read_once(*(lognormal(rng, n, runs) for _ in "12"))
    assert excludes(lift).mean() < 0.05 + band(0.05, runs)


@pytest.mark.slow
@pytest.mark.parametrize("n", [50, 500, 5000])
def test_skewed_values_raise_no_more_false_alarms_in_20000_runs(n: int) -> None:
    """Reliability 88: 20,000 A/A tests of lognormal values reject at most 5.6%."""
    rng = default_rng(n)
    alarms = 0
    for _ in range(20):
        lift = read_once(*(lognormal(rng, n, RUNS // 20) for _ in "12"))
        alarms += int(excludes(lift).sum())
    assert alarms / RUNS < 0.056


def peeked(looks: int, runs: int) -> tuple[float, float]:
    """How often one of several looks at an A/A test finds a lift, by both intervals."""
    rng = default_rng(89)
    total, square = np.zeros((2, runs)), np.zeros((2, runs))
    ever = np.zeros((2, runs), bool)
    for look in range(1, looks + 1):
        values = rng.normal(1, 1, (2, runs, 10_000 // looks // 2))
        total += values.sum(axis=2)
        square += (values**2).sum(axis=2)
        n = look * values.shape[2]
        arms = [
            arm(n, t / n, (q - t**2 / n) / (n - 1))
            for t, q in zip(total, square, strict=True)
        ]
        for kind, reach in enumerate((always_valid(*arms), student(*arms))):
            ever[kind] |= excludes(absolute(*arms, reach))
    return float(ever[0].mean()), float(ever[1].mean())


def test_looking_ten_times_raises_no_false_alarms() -> None:
    """Reliability 89: always-valid intervals stay below 6% in ten looks, t do not."""
    valid, naive = peeked(10, 500)
    assert valid < 0.06
    assert naive > 0.12


@pytest.mark.slow
def test_looking_sixty_times_raises_no_false_alarms() -> None:
    """Reliability 89: always-valid intervals stay below 6% in sixty looks."""
    valid, naive = peeked(60, 4000)
    assert valid < 0.06
    assert naive > 0.25


def test_a_wrong_split_is_found_and_a_right_one_is_not() -> None:
    """Reliability 90: alarms of right splits, found wrong ones, and no verdict then."""
    rng, runs = default_rng(90), 20_000
    p = np.array(
        [srm_p_value(*split(n, 20_000)) for n in rng.binomial(20_000, 0.5, runs)]
    )
    assert (p < ALARM).mean() < ALARM + band(ALARM, runs)
    for share, size, power in ((0.48, 20_000, 0.98), (0.47, 10_000, 0.99)):
        drawn = rng.binomial(size, share, 4000)
        found = np.array([srm_p_value(*split(n, size)) for n in drawn])
        assert (found < ALARM).mean() > power
    assert gate(Evidence(0.5, 0.4, 0.6, guards=False), 0.2) == "not_decidable"


def split(n: int, size: int) -> tuple[list[int], list[float]]:
    return [int(n), int(size - n)], [0.5, 0.5]


@pytest.mark.slow
def test_right_splits_alarm_once_in_a_thousand() -> None:
    """Reliability 90: 100,000 right splits alarm in .06 to .14%."""
    drawn = default_rng(90).binomial(20_000, 0.5, 100_000)
    p = np.array([srm_p_value(*split(n, 20_000)) for n in drawn])
    assert 0.0006 < (p < ALARM).mean() < 0.0014


def test_a_known_lift_is_found_without_bias_and_covered() -> None:
    """Reliability 91: 5,000 known lifts, absolute and relative, are covered in 95%."""
    rng, runs = default_rng(91), 5000
    treatment = binomial(rng, 0.12, 5000, runs)
    control = binomial(rng, 0.10, 5000, runs)
    reach = student(treatment, control)
    lift, ratio = (f(treatment, control, reach) for f in (absolute, relative))
    error = lift.value.std()
    assert abs(lift.value.mean() - 0.02) < 0.1 * error
    for each, truth in ((lift, 0.02), (ratio, 0.2)):
        assert 0.938 < 1 - excludes(each, truth).mean() < 0.962


def test_few_of_the_segments_found_are_false() -> None:
    """Reliability 91: 5 of 20 segments have a lift; under 5% of those found do not."""
    rng, runs = default_rng(910), 2000
    lifted = np.arange(20) < 5
    p = np.stack(
        [segment(rng, 0.13 if real else 0.10, runs) for real in lifted], axis=1
    )
    found = np.stack([benjamini_hochberg(row) <= 0.05 for row in p])
    false = found[:, ~lifted].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    assert false.mean() < 0.05
    assert found[:, lifted].mean() > 0.5


def segment(rng: Generator, share: float, runs: int) -> Array:
    arms = (binomial(rng, each, 2000, runs) for each in (share, 0.10))
    return read_once(*arms).p_value
