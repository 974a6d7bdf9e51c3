"""The churn model's figures: worked examples, laws, and simulated truth."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from metrics.churn_fit import calibration_of
from metrics.churn_track import (
    Cuts,
    Told,
    auc,
    brier,
    churn_calibration,
    churn_model,
    churn_precision,
    skill,
)

CUTS = Cuts(date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1), 180)
CHANCE, LEFT = np.array([0.9, 0.8, 0.3, 0.6]), np.array([True, True, False, False])


def told(model: np.ndarray, rule: np.ndarray, left: np.ndarray) -> Told:
    chances = {"model": model, "recency": rule}
    slopes = {name: calibration_of(each, left) for name, each in chances.items()}
    return Told(chances, left, slopes)


def simulated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True chances, a poorer guess at them, and who left by the true ones."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.5, n)
    true, poor = (
        1 / (1 + np.exp(-each)) for each in (odds, odds + rng.normal(0, 2, n))
    )
    return true, poor, rng.random(n) < true


def test_brier_and_skill_of_the_worked_example() -> None:
    assert brier(CHANCE, LEFT) == pytest.approx(0.125)
    assert skill(CHANCE, LEFT) == pytest.approx(0.5)


def test_the_auc_of_one_kind_of_customers_is_unknown() -> None:
    assert auc(CHANCE, np.ones(4, bool)) is None
    assert skill(CHANCE, np.ones(4, bool)) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auc_is_mann_whitneys_share_of_pairs(rows: list[tuple[int, bool]]) -> None:
    score, left = (np.array(each) for each in zip(*rows, strict=True))
    found = auc(score.astype(float), left.astype(bool))
    gone, stayed = score[left], score[~left]
    if not gone.size or not stayed.size:
        assert found is None
        return
    u = mannwhitneyu(gone, stayed).statistic
    assert found == pytest.approx(u / (gone.size * stayed.size))


def test_true_chances_beat_poorer_ones_and_are_calibrated() -> None:
    """Reliability 94: the slope of true probabilities is 1, of noisy ones less."""
    true, poor, left = simulated(20_000, 1)
    rows = churn_model(told(true, poor, left), CUTS)
    model, rule = rows.to_dicts()
    assert (model["used"], rule["used"]) == (True, False)
    assert 0.9 < model["slope"] < 1.1
    assert abs(model["intercept"]) < 0.1
    assert rule["slope"] < 0.9
    assert model["difference_low"] > 0
    assert model["difference"] == pytest.approx(model["auc"] - rule["auc"])


def test_the_rule_is_used_where_the_model_is_no_better() -> None:
    true, poor, left = simulated(2_000, 2)
    rows = churn_model(told(poor, true, left), CUTS)
    assert rows["used"].to_list() == [False, True]
    same = churn_model(told(true, true, left), CUTS)
    assert same["used"].to_list() == [False, True]


def test_the_order_of_customers_changes_no_figure() -> None:
    true, poor, left = simulated(3_000, 3)
    mixed = np.random.default_rng(0).permutation(left.size)
    one = churn_model(told(true, poor, left), CUTS)
    other = churn_model(told(true[mixed], poor[mixed], left[mixed]), CUTS)
    for name in ("auc", "difference", "difference_low", "difference_high"):
        assert one[name].to_list() == other[name].to_list(), name


@pytest.mark.slow
def test_the_bootstrap_covers_the_true_difference() -> None:
    """In 40 companies of 800 customers the interval misses the large-sample value
    about as often as it says."""
    true, poor, left = simulated(400_000, 4)
    right = float(auc(true, left) or 0) - float(auc(poor, left) or 0)
    hits = 0
    for seed in range(40):
        model = churn_model(told(*simulated(800, 100 + seed)), CUTS).row(0, named=True)
        hits += model["difference_low"] <= right <= model["difference_high"]
    assert hits >= 33  # 38 expected; 4 sigma of the count below


def test_tenths_hold_everybody_and_follow_the_truth() -> None:
    true, poor, left = simulated(20_000, 5)
    curve = churn_calibration(told(true, poor, left)).filter(segment="model")
    assert curve["n"].sum() == 20_000
    assert curve["tenth"].to_list() == list(range(1, 11))
    close = (curve["predicted"] - curve["value"]).abs() < 0.05
    assert close.all()


def test_equals_share_a_tenth() -> None:
    left = np.array([True, False] * 50)
    curve = churn_calibration(told(np.full(100, 0.5), np.full(100, 0.5), left))
    assert curve["n"].to_list() == [100, 100]
    assert curve["value"].to_list() == [0.5, 0.5]


def test_precision_counts_the_list_and_shares_its_edge() -> None:
    chance = np.repeat([0.9, 0.5], 20)
    left = np.array([True] * 15 + [False] * 5 + [True] * 5 + [False] * 15)
    rows = churn_precision(told(chance, chance, left)).filter(segment="model")
    assert rows.select("top", "value", "lift").rows() == [(20, 0.75, 1.5)]
    both = np.full(40, 0.5)
    alike = churn_precision(told(both, both, left)).filter(segment="model")
    assert alike["value"].to_list() == [0.5]
