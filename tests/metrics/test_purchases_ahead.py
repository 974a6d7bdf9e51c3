"""What is expected per frequency and age: interpolated as if each had been computed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import MODELS, Histories
from metrics.purchases_ahead import Pairs, if_alive

Array = NDArray[Any]
DAYS = 2000
UNKNOWN = ((0.0,) * 4,) * 4
logs = st.tuples(
    st.floats(-2.5, 1.5), st.floats(-2.5, 5.0), st.floats(-3, 2), st.floats(-2, 3)
)


def model(name: str, theta: tuple[float, ...]) -> PurchaseFit:
    return PurchaseFit(name, theta, UNKNOWN, -1.0, 1, 1, None)


def ahead(fit: PurchaseFit, x: Array, days: Array) -> Array:
    """What is said of each of some customers."""
    one = np.ones(x.size)
    pairs = Pairs.of(Histories(x.astype(float), 0 * one, days / 7, one))
    found = if_alive(pairs, fit, horizon_days=365, discount_rate=0.1)
    return found[:, pairs.at]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(MODELS)), logs, st.sampled_from([0, 1, 3, 20, 150]))
def test_many_ages_are_told_as_a_few_are(
    name: str, theta: tuple[float, ...], frequency: int
) -> None:
    """Of many ages a polynomial tells; of four, each is computed by itself."""
    fit, some = model(name, theta), np.array([0, 33, 700, 1999])
    many = ahead(fit, np.full(DAYS, frequency), np.arange(DAYS))
    few = ahead(fit, np.full(some.size, frequency), some)
    scale = np.abs(few).max(axis=1, keepdims=True)
    assert many[:3, some] == pytest.approx(few[:3], rel=1e-8, abs=0)
    assert many[:, some] / scale == pytest.approx(few / scale, rel=1e-5, abs=1e-6)


def test_every_customer_finds_its_own_frequency_and_age() -> None:
    fit = model("mbgnbd", tuple(np.log([0.52484, 6.18309, 0.89136, 1.61401])))
    rng = np.random.default_rng(3)
    x, days = rng.integers(0, 4, 500), rng.integers(0, 30, 500)
    found = ahead(fit, x, days)
    for place in (0, 1, 250, 499):
        alone = ahead(fit, x[place : place + 1], days[place : place + 1])[:, 0]
        assert found[:, place] == pytest.approx(alone, rel=1e-8)


def test_of_nobody_nothing_is_said() -> None:
    nobody = np.zeros(0)
    fit = model("mbgnbd", (0.0, 1.0, 0.5, 1.0))
    assert ahead(fit, nobody, nobody).shape == (7, 0)
