"""Purchase models: worked figures, published forms and simulated customers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from scipy.special import gammaln, hyp2f1

from metrics.purchase_models import MODELS, Histories

Array = NDArray[Any]
LAW = settings(max_examples=25, deadline=None)
MBG = np.log([0.52484, 6.18309, 0.89136, 1.61401])
BG = np.log([0.2425945302, 4.413602177, 0.7929218718, 2.425906234])


def one(x: float, t_x: float, age: float) -> Histories:
    return Histories(*(np.array([float(part)]) for part in (x, t_x, age, 1)))


def expected(model: str, theta: Array, seen: Histories, weeks: float) -> float:
    kind = MODELS[model]
    alive = kind.p_alive(theta, seen)
    return float((alive * kind.purchases_if_alive(theta, seen, weeks))[0])


@pytest.mark.parametrize(
    ("history", "weeks", "alive", "purchases"),
    [
        ((2, 30.43, 38.86), 39, 0.706126, 1.262669),
        ((0, 0, 38.86), 39, 0.389716, 0.153954),
        ((26, 30.86, 31), 52, 0.965553, 23.99986),
        ((2, 30.43, 38.86), 365 / 7, 0.706126, 1.600323),
    ],
)
def test_the_worked_customers_are_forecast(
    history: tuple[float, float, float], weeks: float, alive: float, purchases: float
) -> None:
    seen = one(*history)
    assert MODELS["mbgnbd"].p_alive(MBG, seen)[0] == pytest.approx(alive, rel=1e-4)
    found = expected("mbgnbd", MBG, seen, weeks)
    assert found == pytest.approx(purchases, rel=1e-4)


def test_a_customer_of_two_thousand_purchases_does_not_overflow() -> None:
    found = expected("mbgnbd", MBG, one(2000, 300, 301), 520)
    assert found == pytest.approx(1606.083, rel=1e-4)


def test_no_purchase_is_as_likely_as_worked() -> None:
    quiet = 1 - MODELS["mbgnbd"].at_least(MBG, one(2, 30.43, 38.86), 39, 1)[0]
    assert quiet == pytest.approx(0.440081, rel=1e-4)


@pytest.mark.parametrize(
    ("model", "theta", "weeks", "purchases"),
    [
        ("mbgnbd", MBG, 1, 0.0530603),
        ("mbgnbd", MBG, 39, 1.182279),
        ("mbgnbd", MBG, 52, 1.418884),
        ("bgnbd", BG, 1, 0.0531842913),
        ("bgnbd", BG, 78, 1.85795845),
    ],
)
def test_a_new_customer_is_forecast_as_worked(
    model: str, theta: Array, weeks: float, purchases: float
) -> None:
    found = MODELS[model].first_purchases(theta, np.array([float(weeks)]))[0]
    assert found == pytest.approx(purchases, rel=1e-5)


def test_one_time_buyers_never_left_under_bgnbd() -> None:
    seen = one(0, 0, 38.86)
    assert MODELS["bgnbd"].p_alive(BG, seen)[0] == 1
    assert expected("bgnbd", BG, seen, 39) == pytest.approx(0.194782, rel=1e-5)


def published_bgnbd(theta: Array, seen: Histories) -> Array:
    """Log-likelihood as printed in Fader, Hardie, Lee (2005), equation 6."""
    r, alpha, a, b = np.exp(theta)
    x = seen.x
    a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    a2 = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    a3 = -(r + x) * np.log(alpha + seen.age)
    late = b + np.maximum(x, 1) - 1
    a4 = np.log(a) - np.log(late) - (r + x) * np.log(alpha + seen.t_x)
    return a1 + a2 + np.log(np.exp(a3) + (x > 0) * np.exp(a4))


logs = st.tuples(*[st.floats(-1.5, 2.5)] * 4).map(np.array)
some_histories = st.tuples(
    st.integers(0, 40), st.floats(0.05, 1), st.floats(1, 200)
).map(lambda h: one(h[0], h[2] * h[1] if h[0] else 0.0, h[2]))
models = st.sampled_from(sorted(MODELS))


@LAW
@given(logs, some_histories)
def test_the_likelihood_of_bgnbd_is_the_published_one(
    theta: Array, seen: Histories
) -> None:
    found = MODELS["bgnbd"].log_likelihood(theta, seen)[0]
    assert found == pytest.approx(published_bgnbd(theta, seen), rel=1e-7)


@pytest.mark.parametrize("order", [1, 2], ids=["gradient", "curvature"])
@LAW
@given(model=models, theta=logs, seen=some_histories)
def test_each_derivative_of_the_likelihood_is_that_of_the_one_before(
    model: str, theta: Array, seen: Histories, order: int
) -> None:
    def told(theta: Array) -> tuple[float | Array, ...]:
        return MODELS[model].log_likelihood(theta, seen)

    numeric = approx_fprime(theta, lambda t: told(t)[order - 1], 1e-7)
    assert told(theta)[order] == pytest.approx(numeric, rel=1e-3, abs=1e-4)


@LAW
@given(models, logs, some_histories)
def test_the_slopes_of_being_a_customer_are_its_derivatives(
    model: str, theta: Array, seen: Histories
) -> None:
    kind = MODELS[model]
    slopes = kind.alive(theta, seen)[1][:, 0]
    numeric = approx_fprime(theta, lambda t: kind.p_alive(t, seen)[0], 1e-7)
    assert slopes == pytest.approx(numeric, rel=1e-3, abs=1e-5)


@LAW
@given(models, logs, st.lists(some_histories, min_size=1, max_size=5))
def test_the_likelihood_of_a_crowd_is_that_of_its_members(
    model: str, theta: Array, people: list[Histories]
) -> None:
    kind = MODELS[model]
    crowd = Histories(
        *(
            np.concatenate([getattr(each, name) for each in people])
            for name in ("x", "t_x", "age", "customers")
        )
    )
    together = kind.log_likelihood(theta, crowd)
    alone = [kind.log_likelihood(theta, each) for each in people]
    for part, whole in enumerate(together):
        assert whole == pytest.approx(sum(each[part] for each in alone))


@LAW
@given(models, logs, some_histories, st.floats(0.5, 100))
def test_a_forecast_stays_within_what_is_possible(
    model: str, theta: Array, seen: Histories, weeks: float
) -> None:
    kind = MODELS[model]
    alive = kind.p_alive(theta, seen)[0]
    r, alpha = np.exp(theta[:2])
    most = alive * weeks * (r + seen.x[0]) / (alpha + seen.age[0])
    sooner, later = (expected(model, theta, seen, w) for w in (weeks, 2 * weeks))
    assert 0 <= alive <= 1
    assert 0 <= sooner <= later * (1 + 1e-9) + 1e-12
    assert sooner <= most * (1 + 1e-9)


@LAW
@given(logs, some_histories, st.floats(0.5, 60))
def test_the_forecast_equals_the_published_form(
    theta: Array, seen: Histories, weeks: float
) -> None:
    r, alpha, a, b = np.exp(theta)
    if abs(a - 1) < 1e-3:
        return
    x, age = seen.x, seen.age
    c = a + b + x
    scale = (alpha + age) / (alpha + age + weeks)
    series = hyp2f1(r + x, b + x + 1, c, weeks / (alpha + age + weeks))
    printed = c / (a - 1) * (1 - scale ** (r + x) * series)
    found = MODELS["mbgnbd"].purchases_if_alive(theta, seen, weeks)
    assert found == pytest.approx(printed, rel=1e-6)


@LAW
@given(some_histories)
def test_nothing_breaks_where_a_is_one(seen: Histories) -> None:
    around = [
        expected("mbgnbd", np.log([0.5, 6.0, a, 1.6]), seen, 39.0)
        for a in (1 - 1e-4, 1.0, 1 + 1e-4)
    ]
    assert around[0] >= around[1] >= around[2]
    assert around[1] == pytest.approx(around[0], rel=1e-3)


@LAW
@given(models, st.tuples(*[st.floats(-1, 1.5)] * 4).map(np.array), some_histories)
def test_the_chances_of_so_many_purchases_sum_to_their_moments(
    model: str, theta: Array, seen: Histories
) -> None:
    kind, weeks = MODELS[model], 10.0
    counts = range(1, 800)
    tails = np.array([kind.at_least(theta, seen, weeks, k)[0] for k in counts])
    alive = kind.p_alive(theta, seen)[0]
    pairs = alive * kind.pairs_if_alive(theta, seen, weeks)[0]
    assert tails.sum() == pytest.approx(expected(model, theta, seen, weeks), rel=1e-4)
    assert (2 * (np.array(counts) - 1) * tails).sum() == pytest.approx(pairs, rel=5e-3)


@pytest.mark.parametrize(("model", "theta"), [("mbgnbd", MBG), ("bgnbd", BG)])
@pytest.mark.parametrize("history", [(2, 30.43, 38.86), (0, 0, 38.86), (26, 30.86, 31)])
def test_simulated_customers_buy_as_forecast(
    model: str, theta: Array, history: tuple[float, float, float]
) -> None:
    kind, size = MODELS[model], 100_000
    crowd = Histories(*(np.full(size, float(part)) for part in (*history, 1)))
    drawn = kind.draw(theta, crowd, 39.0, np.random.default_rng(7))
    seen = one(*history)
    mean = expected(model, theta, seen, 39.0)
    pairs = (kind.p_alive(theta, seen) * kind.pairs_if_alive(theta, seen, 39.0))[0]
    variance = pairs + mean - mean**2
    assert abs(drawn.mean() - mean) < 4 * (variance / size) ** 0.5
    assert drawn.var() == pytest.approx(variance, rel=0.05)
