"""Purchase models: worked figures, identities, simulation and recovery."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame
from scipy.optimize import approx_fprime
from scipy.special import gammaln, hyp2f1

from data.schemas.cells import Triples
from metrics.purchase_fit import PurchaseFit, fit, triples
from metrics.purchase_forecast import (
    customer_purchases,
    expected_purchases,
    histories,
)
from metrics.purchase_models import MODELS, Histories
from metrics.purchase_simulation import simulated_customer, simulated_totals

Array = NDArray[Any]
LAW = settings(max_examples=40, deadline=None)
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


@LAW
@given(models, logs, some_histories)
def test_the_gradient_is_that_of_the_likelihood(
    model: str, theta: Array, seen: Histories
) -> None:
    kind = MODELS[model]
    gradient = kind.log_likelihood(theta, seen)[1][:, 0]
    numeric = approx_fprime(theta, lambda t: kind.log_likelihood(t, seen)[0][0], 1e-7)
    assert gradient == pytest.approx(numeric, rel=1e-3, abs=1e-4)


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
    counts = range(1, 1500)
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


@dataclass(frozen=True)
class Truth:
    """Customers drawn from the model, seen until `age` and for as long again."""

    seen: DataFrame[Triples]
    alive: int
    later: int


SLOW = 100
"""Time runs so much slower that whole days are fine enough for exact histories."""


def truth(model: str, theta: Array, size: int, seed: int) -> Truth:
    rng = np.random.default_rng(seed)
    r, alpha, a, b = np.exp(theta)
    rate, leave = rng.gamma(r, 1 / alpha, size), rng.beta(a, b, size)
    age = np.round(rng.uniform(27, 39, size) * 7 * SLOW) / 7 / SLOW
    x, last, later = (np.zeros(size) for _ in range(3))
    now, left = np.zeros(size), np.full(size, np.inf)
    going = np.ones(size, bool)
    if model == "mbgnbd":
        going = rng.random(size) >= leave
        left[~going] = 0
    while going.any():
        at = np.flatnonzero(going)
        now[at] += rng.exponential(1 / rate[at])
        past, future = now[at] <= age[at], now[at] <= age[at] + 39
        x[at] += past
        last[at[past]] = now[at[past]]
        later[at] += future & ~past
        gone = rng.random(at.size) < leave[at]
        left[at[gone]] = now[at[gone]]
        going[at] = future & ~gone
    days = (x.astype(int), *(np.round(t * 7 * SLOW).astype(int) for t in (last, age)))
    frame = pl.LazyFrame(dict(zip(("frequency", "recency", "T"), days, strict=True)))
    return Truth(triples(frame), int((left > age).sum()), int(later.sum()))


def errors(model: str, theta: Array, size: int, seed: int) -> dict[str, float]:
    """How far the fitted figures are from those that the customers were drawn with."""
    slow = theta + np.array([0, np.log(SLOW), 0, 0])
    drawn = truth(model, theta, size, seed)
    found = fit(drawn.seen, model=model)
    kind, seen = MODELS[model], Histories.of(drawn.seen)
    assert found.converged
    assert found.log_likelihood >= seen.customers @ kind.log_likelihood(slow, seen)[0]
    alive = seen.customers @ kind.p_alive(np.array(found.theta), seen)
    assert alive == pytest.approx(drawn.alive, rel=0.05)
    fitted, true = np.exp(found.theta), np.exp(slow)
    total = expected_purchases(drawn.seen, found, horizon_days=39 * 7 * SLOW)
    pairs = {
        "r": (fitted[0], true[0]),
        "alpha": (fitted[1], true[1]),
        "leaving": (fitted[2] / fitted[2:].sum(), true[2] / true[2:].sum()),
        "later": (total.get_column("value").item(), drawn.later),
    }
    return {name: abs(a / b - 1) for name, (a, b) in pairs.items()}


@pytest.mark.parametrize(("model", "theta"), [("mbgnbd", MBG), ("bgnbd", BG)])
def test_the_parameters_that_customers_were_drawn_with_are_found(
    model: str, theta: Array
) -> None:
    found = errors(model, theta, 5000, seed=1)
    assert max(found.values()) <= 0.25
    assert found["later"] <= 0.15


@pytest.mark.slow
def test_recovery_over_twenty_seeds_is_within_the_stated_bands() -> None:
    """RELIABILITY 92."""
    found = pl.DataFrame([errors("bgnbd", BG, 5000, seed) for seed in range(20)])
    assert max(found.median().row(0)) <= 0.06
    assert max(found.max().row(0)) <= 0.25
    assert found.get_column("later").max() <= 0.15
    larger = pl.DataFrame([errors("bgnbd", BG, 20_000, seed) for seed in range(5)])
    assert max(larger.max().row(0)) <= 0.10


@pytest.fixture(scope="module")
def drawn() -> DataFrame[Triples]:
    return truth("mbgnbd", MBG, 3000, seed=3).seen


@pytest.fixture(scope="module")
def fitted(drawn: DataFrame[Triples]) -> PurchaseFit:
    return fit(drawn)


def test_the_order_of_histories_does_not_matter(
    drawn: DataFrame[Triples], fitted: PurchaseFit
) -> None:
    shuffled = Triples.validate(drawn.sample(fraction=1, shuffle=True, seed=1))
    assert fit(shuffled) == fitted


def test_a_crowd_three_times_as_large_has_the_same_parameters(
    drawn: DataFrame[Triples], fitted: PurchaseFit
) -> None:
    thrice = Triples.validate(drawn.with_columns(pl.col("customers") * 3))
    again = fit(thrice)
    assert again.theta == pytest.approx(fitted.theta, abs=1e-7)
    assert again.log_likelihood == pytest.approx(3 * fitted.log_likelihood)
    assert np.array(again.covariance) * 3 == pytest.approx(np.array(fitted.covariance))


def test_a_total_s_interval_is_that_of_the_full_simulation(
    drawn: DataFrame[Triples], fitted: PurchaseFit
) -> None:
    days = 39 * 7 * SLOW
    row = expected_purchases(drawn, fitted, horizon_days=days).row(0, named=True)
    totals = simulated_totals(drawn, fitted, horizon_days=days, draws=800)
    simulated = np.quantile(totals, [0.025, 0.975])
    tolerance = 0.15 * (simulated[1] - simulated[0])
    assert abs(row["ci_low"] - simulated[0]) < tolerance
    assert abs(row["ci_high"] - simulated[1]) < tolerance
    assert row["ci_low"] < row["value"] < row["ci_high"]
    assert row["n"] == 3000


def test_one_customer_s_interval_holds_what_is_simulated(fitted: PurchaseFit) -> None:
    days = 39 * 7 * SLOW
    history = (2, 21_000, 27_000)
    columns = ("frequency", "recency", "T", "customers")
    frame = pl.DataFrame([(*history, 1)], schema=columns, orient="row")
    row = customer_purchases(Triples.validate(frame), fitted, horizon_days=days).row(
        0, named=True
    )
    draws = simulated_customer(fitted, history, horizon_days=days, draws=2000)
    inside = (draws >= row["ci_low"]) & (draws <= row["ci_high"])
    assert inside.mean() >= 0.94
    assert draws.mean() == pytest.approx(row["value"], rel=0.15)
    assert (draws == 0).mean() == pytest.approx(row["no_purchase"], abs=0.05)


def test_later_purchases_are_worth_less(
    drawn: DataFrame[Triples], fitted: PurchaseFit
) -> None:
    rows = histories(drawn, fitted, horizon_days=365, discount_rate=0.1)
    worth = rows.select(pl.col("discounted_purchases") / pl.col("expected_purchases"))
    assert 1.1**-1 < worth.to_series().min() <= worth.to_series().max() < 1


def test_the_slopes_predict_a_small_change_of_the_parameters(
    drawn: DataFrame[Triples], fitted: PurchaseFit
) -> None:
    move = np.array([0.002, -0.003, 0.001, 0.002])
    theta = tuple(float(t) for t in np.array(fitted.theta) + move)
    moved = PurchaseFit(**{**fitted.__dict__, "theta": theta})
    before, after = (
        histories(drawn, some).get_column("discounted_purchases").to_numpy()
        for some in (fitted, moved)
    )
    names = [f"gradient_{k}" for k in (1, 2, 3, 4)]
    slopes = histories(drawn, fitted).select(names).to_numpy()
    assert slopes @ move == pytest.approx(after - before, rel=0.05, abs=1e-6)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_customers_who_never_come_back_give_no_forecast_and_no_error(
    model: str,
) -> None:
    frame = {"frequency": 0, "recency": 0, "T": [30, 60, 90], "customers": 100}
    found = fit(Triples.validate(pl.DataFrame(frame)), model=model)
    assert not found.converged
    assert found.reason


def test_nobody_gives_no_forecast_and_no_error() -> None:
    nobody = pl.LazyFrame(schema=dict.fromkeys(("frequency", "recency", "T"), pl.Int64))
    found = fit(triples(nobody))
    assert (found.converged, found.reason, found.customers) == (False, "no buyers", 0)
