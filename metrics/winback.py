"""What is at risk with a customer, and whether it pays to win one back."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from pandera.typing.polars import DataFrame

from metrics.arms import arm
from metrics.churn_frames import SavedCustomers
from metrics.estimates import CONFIDENCE, EVERYONE, newcombe, normal_quantile
from metrics.exact import exact_total
from metrics.lift import absolute, student
from metrics.likelihood import Array
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories
from metrics.purchases_ahead import Pairs

GROUPS = {"treated": False, "control": True}
NONE_OVER = "no episode of the list is over yet"
NO_CONTROL = "the episodes that are over have no control group"


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


def saved_customers(
    episodes: pl.DataFrame, *, confidence: float = CONFIDENCE
) -> DataFrame[SavedCustomers]:
    """Saved customers: who came back by a contact, told by the list's control group.

    Formula: effect = share of the treated with a purchase within the horizon of their
        listing - the same share of the control group, both as assigned by lot; value =
        treated x effect; margin = treated x difference of the mean margin of that time.
        Only episodes whose whole horizon has passed
    Interval: Newcombe, 95%; of the margin Welch
    Grain: one row: segment, value, n = episodes, ci_low, ci_high, treated,
        treated_bought, control, control_bought, running = episodes not over, effect,
        effect_low, effect_high, margin, margin_low, margin_high, reason
    Units: customers; shares, 0 to 1; currency
    Source: Newcombe, Statistics in Medicine 17 (1998); Welch, Biometrika 34 (1947)
    """
    over = episodes.filter("mature")
    told = {name: over.filter(control=held) for name, held in GROUPS.items()}
    sizes = {name: rows.height for name, rows in told.items()}
    came = {name: int(rows["bought"].sum()) for name, rows in told.items()}
    row: dict[str, object] = {
        "segment": EVERYONE,
        "n": over.height,
        "running": episodes.height - over.height,
        **sizes,
        **{f"{name}_bought": each for name, each in came.items()},
    }
    if all(sizes.values()):
        counts = [(came[name], sizes[name]) for name in GROUPS]
        bounds = control_effect(counts[0], counts[1], confidence)
        row |= dict(zip(("effect", "effect_low", "effect_high"), bounds, strict=True))
        people = [sizes["treated"] * each for each in bounds]
        row |= dict(zip(("value", "ci_low", "ci_high"), people, strict=True))
        row |= _margin(told, confidence)
    else:
        row["reason"] = NONE_OVER if over.is_empty() else NO_CONTROL
    return SavedCustomers.validate(
        pl.DataFrame([row], schema=SavedCustomers.empty().schema)
    )


def _margin(
    told: dict[str, pl.DataFrame], confidence: float
) -> dict[str, float | None]:
    """The margin recovered: treated times the difference of means; its interval."""
    treated, control = (
        arm(rows.height, _mean(rows), _variance(rows)) for rows in told.values()
    )
    found = absolute(treated, control, student(treated, control, confidence))
    names = ("margin", "margin_low", "margin_high")
    numbers = (found.value, found.low, found.high)
    people = told["treated"].height
    return {
        name: None if np.isnan(each) else people * float(each)
        for name, each in zip(names, numbers, strict=True)
    }


def _mean(rows: pl.DataFrame) -> float:
    return exact_total(rows["margin"].to_numpy()) / rows.height


def _variance(rows: pl.DataFrame) -> float:
    """The variance of the margin; not a number of one customer."""
    if rows.height < 2:
        return float("nan")
    off = rows["margin"].to_numpy() - _mean(rows)
    return exact_total(off * off) / (rows.height - 1)
