"""What is at risk, and whether a contact pays: worked examples and laws."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.churn_design import no_purchase
from metrics.purchase_fit import PurchaseFit
from metrics.winback import (
    Effect,
    Offer,
    control_effect,
    stop_loss,
    updated,
    value_if_kept,
)

UNKNOWN = ((float("nan"),) * 4,) * 4
WEEKS_39 = 273


def cdnow() -> PurchaseFit:
    """The model of the CDNOW sample after 39 weeks, as it was published."""
    import numpy as np

    theta = np.log([0.52484, 6.18309, 0.89136, 1.61401])
    return PurchaseFit(
        "mbgnbd", tuple(map(float, theta)), UNKNOWN, -9582.1357, 2357, 1016, None
    )


def customer() -> pl.DataFrame:
    """Two repeat purchases, 213 days apart, of an age of 272 days."""
    return pl.DataFrame(
        {
            "frequency": [2],
            "recency": [213],
            "T": [272],
            "expected_spend": [25.73218],
            "margin_rate": [1.0],
        }
    )


def test_the_worked_customer_stays_away_with_the_published_probability() -> None:
    alive, quiet = no_purchase(customer(), cdnow(), WEEKS_39)
    assert alive[0] == pytest.approx(0.706126, rel=1e-4)
    assert quiet[0] == pytest.approx(0.440081, rel=1e-4)


def test_the_worked_customer_is_worth_more_if_kept() -> None:
    kept = value_if_kept(customer(), cdnow(), WEEKS_39)
    assert kept[0] == pytest.approx(58.0285, rel=1e-4)
    assert 0.440081 * kept[0] == pytest.approx(25.5372, rel=1e-4)


def test_a_value_that_is_unknown_stays_unknown() -> None:
    nobody = customer().with_columns(pl.lit(None, pl.Float64).alias("expected_spend"))
    assert value_if_kept(nobody, cdnow(), WEEKS_39).tolist() == pytest.approx(
        [float("nan")], nan_ok=True
    )


def test_the_worked_contact_pays() -> None:
    found = stop_loss(0.09, 58.0285, 0.440081, Offer(contact_cost=1, reward=3))
    assert float(found) == pytest.approx(2.2728, rel=1e-4)


def test_saved_customers_of_the_worked_control_group() -> None:
    value, low, high = control_effect((216, 900), (15, 100))
    assert value == pytest.approx(0.09)
    assert 900 * value == pytest.approx(81)
    assert 900 * low == pytest.approx(2.65, abs=0.01)
    assert 900 * high == pytest.approx(138.5, abs=0.05)


def test_the_prior_and_the_measured_effect_are_weighed_by_precision() -> None:
    prior = Effect(0.05, 0.03)
    both = updated(prior, 0.09, 0.03)
    assert both.measured
    assert both.value == pytest.approx(0.07)
    assert both.spread == pytest.approx(0.03 / 2**0.5)
    assert updated(prior, None, None) == prior


@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e6), st.floats(0, 100),
    st.floats(0, 100),
)  # fmt: skip
def test_nobody_is_won_back_who_would_not_have_left(
    tau: float, chance: float, kept: float, cost: float, reward: float
) -> None:
    """A contact adds at most the chance to leave, and the reward is paid once."""
    found = float(stop_loss(tau, kept, chance, Offer(cost, reward)))
    assert found <= min(tau, chance) * kept - cost + 1e-6
    assert found >= -cost - reward - 1e-6
