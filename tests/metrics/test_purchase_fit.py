"""Fits and intervals against customers drawn from a known model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

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
MBG = np.log([0.52484, 6.18309, 0.89136, 1.61401])
BG = np.log([0.2425945302, 4.413602177, 0.7929218718, 2.425906234])


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
    assert found.log_likelihood >= kind.log_likelihood(slow, seen)[0]
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
    """Reliability 92: one seed of the twenty."""
    found = errors(model, theta, 5000, seed=1)
    assert max(found.values()) <= 0.25
    assert found["later"] <= 0.15


@pytest.mark.slow
def test_recovery_over_twenty_seeds_is_within_the_stated_bands() -> None:
    """Reliability 92: bands from some hundred seeds; a and b alone scatter far more."""
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
