"""Intervals against worked examples, other libraries and exact coverage."""

from math import isclose, nan

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multinomial
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from metrics.estimates import (
    adjusted_wald,
    design_effect,
    newcombe,
    nps_difference,
    ratio,
    t_interval,
    wilson,
    with_state,
)

LAW = settings(max_examples=40, deadline=None)

K, N = pl.col("k"), pl.col("n")


def shares(*pairs: tuple[int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(pairs, schema=["k", "n"], orient="row")
    return frame.select(ratio(K, N).alias("value"), *wilson(K, N))


def score(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    parts = (pl.lit(part) for part in (promoters, detractors, n))
    low, high = pl.select(*adjusted_wald(*parts)).row(0)
    return low, high


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [(18, 40, (0.45, 0.30705, 0.60171)), (0, 12, (0.0, 0.0, 0.24249))],
)
def test_a_share_has_the_worked_interval(
    k: int, n: int, expected: tuple[float, ...]
) -> None:
    assert shares((k, n)).row(0) == pytest.approx(expected, rel=1e-4)


def test_a_share_of_nobody_is_unknown() -> None:
    assert shares((0, 0)).row(0) == (None, None, None)


def test_the_bounds_are_exact_where_nobody_or_everybody_did() -> None:
    none, every = shares((0, 7), (7, 7)).rows()
    assert none[1] == 0.0
    assert every[2] == 1.0


@LAW
@given(st.integers(1, 10**9), st.floats(0, 1))
def test_a_share_s_interval_is_statsmodels_and_contains_it(n: int, part: float) -> None:
    """Reliability 93: its own formula, against another program's."""
    k = round(n * part)
    value, low, high = shares((k, n)).row(0)
    expected = proportion_confint(k, n, method="wilson")
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert 0 <= low <= value + 1e-12 <= high + 2e-12 <= 1 + 2e-12


def test_the_interval_of_a_share_covers_it_as_often_as_it_says() -> None:
    """Reliability 85: by enumeration of every count."""
    covered = []
    for n in (30, 100, 500):
        bounds = shares(*((k, n) for k in range(n + 1)))
        low, high = (bounds.get_column(c).to_numpy() for c in ("ci_low", "ci_high"))
        for p in (0.01, 0.02, 0.1, 0.5):
            chances = binom.pmf(np.arange(n + 1), n, p)
            covered.append(chances[(low <= p) & (p <= high)].sum())
    assert min(covered) >= 0.92
    assert np.mean(covered) >= 0.945


@pytest.mark.parametrize(
    ("p", "d", "n"), [(0.97, 0.01, 40), (0.8, 0.0, 30), (0.5, 0.2, 50), (0.3, 0.4, 60)]
)
def test_the_interval_of_a_score_covers_it_as_often_as_it_says(
    p: float, d: float, n: int
) -> None:
    """Reliability 86: by enumeration of every count of promoters and detractors."""
    counts = [(i, j, n) for i in range(n + 1) for j in range(n + 1 - i)]
    frame = pl.DataFrame(counts, schema=["p", "d", "n"], orient="row")
    bounds = adjusted_wald(pl.col("p"), pl.col("d"), N)
    low, high = frame.select(*bounds).to_numpy().T
    outcomes = np.array([(i, j, n - i - j) for i, j, _ in counts])
    chances = multinomial.pmf(outcomes, n, [p, d, 1 - p - d])
    truth = 100 * (p - d)
    assert 0.925 <= chances[(low <= truth) & (truth <= high)].sum() <= 0.99


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((104, 28, 200), (27.543, 47.334)), ((10, 0, 10), (47.504, 100.0))],
)
def test_a_score_has_the_worked_interval(
    counts: tuple[int, int, int], expected: tuple[float, float]
) -> None:
    assert score(*counts) == pytest.approx(expected, rel=1e-4)


def test_the_difference_of_two_shares_has_the_worked_interval() -> None:
    parts = [(pl.lit(216), pl.lit(900)), (pl.lit(15), pl.lit(100))]
    found = pl.select(*newcombe(*parts)).row(0)
    assert found == pytest.approx((0.09, 0.00295, 0.15389), rel=2e-3)


@LAW
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_the_difference_of_two_shares_is_statsmodels(
    n1: int, n2: int, p1: float, p2: float
) -> None:
    k1, k2 = round(n1 * p1), round(n2 * p2)
    parts = [(pl.lit(k1), pl.lit(n1)), (pl.lit(k2), pl.lit(n2))]
    _, low, high = pl.select(*newcombe(*parts)).row(0)
    expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb")
    assert (low, high) == pytest.approx(expected, abs=1e-6)


def test_two_equal_scores_differ_by_nothing_with_both_errors_added() -> None:
    part = (pl.lit(104), pl.lit(28), pl.lit(200))
    value, low, high = pl.select(*nps_difference(part, part)).row(0)
    one = (47.33405 - 27.54279) / 2
    assert value == 0
    assert (low, high) == pytest.approx((-one * 2**0.5, one * 2**0.5), rel=1e-4)


@pytest.mark.parametrize(
    ("variance", "n", "known"), [(0.7, 5, True), (0.7, 1, False), (0.0, 5, False)]
)
def test_a_mean_has_no_interval_without_a_second_or_a_different_value(
    variance: float, n: int, known: bool
) -> None:
    bounds = t_interval(pl.lit(4.2), pl.lit(variance), pl.lit(n))
    low, high = pl.select(*bounds).row(0)
    assert (low is not None, high is not None) == (known, known)


def test_a_mean_s_interval_is_student_s() -> None:
    low, high = pl.select(*t_interval(pl.lit(4.2), pl.lit(0.7), pl.lit(5))).row(0)
    assert (low, high) == pytest.approx((3.16115, 5.23885), rel=1e-5)


answers_of_customers = st.lists(
    st.lists(st.integers(1, 5), min_size=1, max_size=4), min_size=1, max_size=12
)


@LAW
@given(answers_of_customers)
def test_the_design_effect_is_the_ratio_of_the_two_variances(
    customers: list[list[int]],
) -> None:
    y = np.array([value for answers in customers for value in answers])
    n, mean = y.size, y.mean()
    clustered = sum(sum(v - mean for v in one) ** 2 for one in customers) / n**2
    independent = y.var() / n
    expected = max(1.0, clustered / independent) if independent else 1.0
    found = pl.DataFrame([sums(customers)]).select(design_effect()).item()
    assert isclose(found, expected, rel_tol=1e-9)


@LAW
@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_one_answer_each_needs_no_correction(values: list[int]) -> None:
    each = [[value] for value in values]
    assert pl.DataFrame([sums(each)]).select(design_effect()).item() == 1.0


def test_the_design_effect_is_exact_for_many_million_answers() -> None:
    counts = dict.fromkeys(("n", "squares", "cluster_squares"), 4 * 10**8)
    more = dict.fromkeys(("cluster_product", "total"), 2 * 10**8)
    row = {**counts, **more, "cluster_counts": 4 * 10**8}
    assert pl.DataFrame([row]).select(design_effect()).item() == 1.0


def sums(customers: list[list[int]]) -> dict[str, int]:
    """The additive sums of the answers, customer by customer."""
    return {
        "n": sum(map(len, customers)),
        "total": sum(map(sum, customers)),
        "squares": sum(v * v for answers in customers for v in answers),
        "cluster_squares": sum(sum(answers) ** 2 for answers in customers),
        "cluster_product": sum(sum(answers) * len(answers) for answers in customers),
        "cluster_counts": sum(len(answers) ** 2 for answers in customers),
    }


def estimate(n: int, low: float | None, high: float | None) -> pl.DataFrame:
    row = {"value": low, "n": n, "ci_low": low, "ci_high": high}
    types = (pl.Float64, pl.Int64, pl.Float64, pl.Float64)
    return pl.DataFrame([row], schema=dict(zip(row, types, strict=True)))


@pytest.mark.parametrize(
    ("n", "low", "high", "state", "reason"),
    [
        (100, 41.0, 50.0, "above", None),
        (100, 40.0, 50.0, "above", None),
        (100, 20.0, 39.9, "below", None),
        (100, 20.0, 40.0, "undecided", None),
        (29, 41.0, 50.0, "undecided", "n too small"),
        (30, 41.0, 50.0, "above", None),
        (100, None, None, "undecided", None),
        (0, None, None, "undecided", "no data"),
    ],
)
def test_an_estimate_stands_below_above_or_undecided(
    n: int, low: float | None, high: float | None, state: str, reason: str | None
) -> None:
    found = with_state(estimate(n, low, high), threshold=40, min_n=30)
    assert found.select("state", "reason").row(0) == (state, reason)


def test_above_is_good_or_bad_as_the_metric_says() -> None:
    above = estimate(100, 41.0, 50.0)
    high = with_state(above, threshold=40, good="high")
    low = with_state(above, threshold=40, good="low")
    assert high.get_column("verdict").item() == "good"
    assert low.get_column("verdict").item() == "bad"


def test_without_a_threshold_there_is_no_state() -> None:
    found = with_state(estimate(100, 41.0, 50.0), threshold=None)
    assert found.select("state", "verdict").row(0) == (None, None)


def test_a_reason_given_before_is_kept() -> None:
    given_before = estimate(0, None, None).with_columns(reason=pl.lit("no surveys"))
    found = with_state(given_before, threshold=40)
    assert found.get_column("reason").item() == "no surveys"


@LAW
@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_ratio_is_never_nan_or_infinite(part: int, whole: int) -> None:
    found = pl.select(ratio(pl.lit(part), pl.lit(whole))).item()
    assert found is None if whole == 0 else found == part / whole
    assert found not in {nan, float("inf")}
