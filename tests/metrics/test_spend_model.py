"""Spend per purchase: the model that customers were drawn from is found."""

import numpy as np
import polars as pl
import pytest

from metrics.spend_model import expected_spend, fit_spend, value_correlation
from tests.metrics.worked import SPEND


def spenders(size: int, seed: int) -> pl.DataFrame:
    """Customers whose spend is drawn from the worked model."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 6, size)
    rate = rng.gamma(SPEND.q, 1 / SPEND.gamma, size)
    mean = rng.gamma(SPEND.p * x, 1 / (rate * x))
    return pl.DataFrame({"frequency": x, "monetary_value": mean})


def test_the_spend_that_customers_were_drawn_with_is_found() -> None:
    found = fit_spend(spenders(20_000, seed=2))
    assert found.converged
    assert (found.p, found.q) == pytest.approx((SPEND.p, SPEND.q), rel=0.1)
    average = found.p * found.gamma / (found.q - 1)
    assert average == pytest.approx(35.17037, rel=0.03)


def test_the_currency_s_unit_does_not_matter() -> None:
    euros = spenders(2000, seed=3)
    cents = euros.with_columns(pl.col("monetary_value") * 100)
    one, hundred = fit_spend(euros), fit_spend(cents)
    assert (hundred.p, hundred.q) == pytest.approx((one.p, one.q), rel=1e-6)
    assert hundred.gamma == pytest.approx(100 * one.gamma, rel=1e-6)
    change = -one.customers * np.log(100)
    assert hundred.log_likelihood - one.log_likelihood == pytest.approx(change)


def test_the_order_of_customers_does_not_matter() -> None:
    some = spenders(1000, seed=4)
    assert fit_spend(some) == fit_spend(some.reverse())


def test_free_purchases_tell_nothing_of_spend() -> None:
    frame = pl.DataFrame({"frequency": [3], "monetary_value": [None]})
    typed = frame.cast({"monetary_value": pl.Float64})
    assert typed.select(expected_spend(SPEND)).item() == pytest.approx(
        35.17037, rel=1e-5
    )
    assert fit_spend(typed).reason == "no repeat purchases"


def test_spend_without_a_finite_mean_gives_no_forecast() -> None:
    rng = np.random.default_rng(6)
    rate = rng.gamma(0.6, 1, 4000)
    heavy = {"frequency": 2, "monetary_value": rng.gamma(6.0, 1 / (rate * 2))}
    found = fit_spend(pl.DataFrame(heavy))
    assert found.q <= 1
    assert found.reason == "the mean spend is infinite (q <= 1)"


def test_frequency_and_spend_that_go_together_are_noticed() -> None:
    together = pl.DataFrame({"frequency": [1, 2, 3], "monetary_value": [5.0, 6.0, 9.0]})
    assert value_correlation(together) == pytest.approx(1.0)
    assert value_correlation(together.head(1)) is None
