"""What is at risk with a customer, and whether it pays to win one back."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from metrics.estimates import CONFIDENCE, newcombe, normal_quantile
from metrics.likelihood import Array
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories
from metrics.purchases_ahead import Pairs


@dataclass(frozen=True)
class Effect:
    """What a contact adds to the share that buys, and its standard deviation."""

    value: float
    spread: float
    measured: bool = False

    def bounds(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The interval of what is believed."""
        reach = normal_quantile(confidence) * self.spread
        return self.value - reach, self.value + reach


@dataclass(frozen=True)
class Offer:
    """What one contact costs, and the reward that is paid to whoever buys."""

    contact_cost: float
    reward: float


def value_if_kept(
    customers: pl.DataFrame, fit: PurchaseFit, horizon_days: int
) -> Array:
    """Margin of the horizon from a customer who does buy in it.

    V / (1 - q): the forecast margin V of the same horizon averages over leaving, so it
    is divided by the model's chance 1 - q of any purchase. P(alive) is in both and
    cancels. Columns: frequency, recency, T, expected_spend, margin_rate.
    """
    seen, theta = Histories.of(customers), np.array(fit.theta)
    pairs, weeks = Pairs.of(seen), horizon_days / DAYS_PER_WEEK
    some = Histories(pairs.x, np.zeros_like(pairs.x), pairs.age, np.ones_like(pairs.x))
    r, alpha = np.exp(theta[:2])
    any_purchase = -np.expm1(-(r + some.x) * np.log1p(weeks / (alpha + some.age)))
    expected = fit.kind.purchases_if_alive(theta, some, weeks) / any_purchase
    worth = customers.select(
        (pl.col("expected_spend") * pl.col("margin_rate")).fill_null(float("nan"))
    )
    return np.asarray(expected[pairs.at] * worth.to_series().to_numpy())


def stop_loss(
    effect: ArrayLike, kept: ArrayLike, churn_probability: ArrayLike, offer: Offer
) -> Array:
    """What a contact is expected to bring, less what it costs; below 0: do not act.

    tau x value if kept - contact cost - reward x min(1, 1 - p + tau): the reward is
    also paid to those who would have come back. As no more than all can buy, tau is at
    most the probability p of buying nothing.
    """
    p = np.asarray(churn_probability, float)
    tau = np.minimum(np.asarray(effect, float), p)
    paid = np.clip(1 - p + tau, 0.0, 1.0)
    return np.asarray(tau * np.asarray(kept) - offer.contact_cost - offer.reward * paid)


def updated(prior: Effect, measured: float | None, error: float | None) -> Effect:
    """The prior and what the control group has shown, weighed by their precision."""
    if measured is None or error is None or not error > 0:
        return prior
    known, seen = prior.spread**-2, error**-2
    value = (prior.value * known + measured * seen) / (known + seen)
    return Effect(value, (known + seen) ** -0.5, measured=True)


def control_effect(
    treated: tuple[int, int], control: tuple[int, int], confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Share bought of the treated less the control's, as assigned (Newcombe)."""
    counts = [tuple(map(pl.lit, each)) for each in (treated, control)]
    one, other = ((k, n) for k, n in counts)
    found = pl.select(*newcombe(one, other, confidence=confidence)).row(0)
    return float(found[0]), float(found[1]), float(found[2])
