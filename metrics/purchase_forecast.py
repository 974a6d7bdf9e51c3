"""What a fitted purchase model expects, per history and in total."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from pandera.typing.polars import DataFrame
from scipy.special import ndtri

from data.schemas.cells import Triples
from metrics.estimates import CONFIDENCE, EVERYONE
from metrics.frames import Estimate, HistoryEstimate
from metrics.likelihood import Array
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories

SPREAD = 4000
SLICES = 12
GOLDEN = (5**0.5 - 1) / 2
STEP = 1e-3
GRADIENT = ("gradient_1", "gradient_2", "gradient_3", "gradient_4")
KEY = ("frequency", "recency", "T")


def histories(
    triples: DataFrame[Triples],
    fit: PurchaseFit,
    *,
    horizon_days: int = 365,
    discount_rate: float = 0.10,
) -> pl.DataFrame:
    """One row per distinct history: what the model says of its customers.

    Columns beside frequency, recency, T and customers: p_alive, no_purchase (the
    probability of none in the horizon), expected_purchases, discounted_purchases, the
    variance of the latter, and its derivatives by the ln-parameters.
    """
    ordered, theta = triples.sort(KEY), np.array(fit.theta)
    seen, weeks = Histories.of(ordered), horizon_days / DAYS_PER_WEEK
    alive = fit.kind.p_alive(theta, seen)
    pair = _by_pair(seen, lambda some: fit.kind.purchases_if_alive(theta, some, weeks))
    more = _by_pair(seen, lambda some: fit.kind.pairs_if_alive(theta, some, weeks))
    discounted = _discounted(fit, theta, seen, horizon_days, discount_rate)
    expected, some = alive * pair, fit.kind.at_least(theta, seen, weeks, 1)
    scale = np.divide(discounted, expected, out=np.zeros_like(pair), where=expected > 0)
    variance = np.maximum(alive * (more + pair) - expected**2, 0) * scale**2
    slopes = _slopes(
        lambda at: _discounted(fit, at, seen, horizon_days, discount_rate), theta
    )
    return ordered.with_columns(
        p_alive=alive,
        no_purchase=1 - some,
        expected_purchases=expected,
        discounted_purchases=discounted,
        variance=variance,
        **dict(zip(GRADIENT, slopes, strict=True)),
    )


def expected_purchases(
    triples: DataFrame[Triples],
    fit: PurchaseFit,
    *,
    horizon_days: int = 365,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Expected purchases: how many purchase days all customers have ahead.

    Formula: sum over customers of P(still a customer) x purchases expected if so
    Interval: simulation of parameters and purchases together, 95%
    Grain: one row: segment, value, n = customers, ci_low, ci_high
    Units: purchase days within the horizon (365 days by default)
    Source: Batislam, Denizel, Filiztekin, International Journal of Research in
        Marketing 24 (2007); Fader, Hardie, Lee, Marketing Science 24 (2005)
    """
    rows = histories(triples, fit, horizon_days=horizon_days, discount_rate=0.0)
    weight = pl.col("customers")
    columns = ("expected_purchases", "variance", *GRADIENT)
    sums = rows.select((pl.col(columns) * weight).sum()).row(0)
    low, high = interval(fit, sums, confidence=confidence)
    people = int(rows.get_column("customers").sum())
    return Estimate.validate(
        pl.DataFrame(
            {
                "segment": [EVERYONE],
                "value": [float(sums[0])],
                "n": [people],
                "ci_low": [low],
                "ci_high": [high],
            }
        )
    )


def customer_purchases(
    triples: DataFrame[Triples],
    fit: PurchaseFit,
    *,
    horizon_days: int = 365,
    confidence: float = CONFIDENCE,
) -> DataFrame[HistoryEstimate]:
    """Expected purchases of a customer: how many purchase days lie ahead.

    Formula: P(still a customer) x purchases expected if so
    Interval: quantiles of the purchases at the fitted parameters, 95%
    Grain: one row per distinct history: frequency, recency, T, n = customers with it,
        p_alive, no_purchase (probability of none), value, ci_low, ci_high
    Units: purchase days within the horizon (365 days by default); probabilities 0 to 1
    Source: Batislam, Denizel, Filiztekin, International Journal of Research in
        Marketing 24 (2007); Fader, Hardie, Lee, Marketing Science 24 (2005)
    """
    rows = histories(triples, fit, horizon_days=horizon_days, discount_rate=0.0)
    tail, weeks = (1 - confidence) / 2, horizon_days / DAYS_PER_WEEK
    low, high = _quantiles(fit, Histories.of(rows), weeks, (1 - tail, tail))
    shown = rows.select(
        *KEY,
        pl.col("customers").alias("n"),
        "p_alive",
        "no_purchase",
        pl.col("expected_purchases").alias("value"),
        pl.Series("ci_low", low),
        pl.Series("ci_high", high),
    )
    return HistoryEstimate.validate(shown)


def interval(
    fit: PurchaseFit, sums: Sequence[float], *, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Interval of a forecast total from its sums: value, variance, gradient.

    The parameters move the total along its gradient, on the log scale as the total is
    positive and skewed; the purchases add their own variance. The draws are evenly
    spread over both, so the same sums always give the same interval.
    """
    value, variance, slope = sums[0], sums[1], np.array(sums[2:])
    even = np.arange(SPREAD) + 0.5
    moves, noise = ndtri(even / SPREAD), ndtri(even * GOLDEN % 1)
    spread = float(np.sqrt(max(slope @ np.array(fit.covariance) @ slope, 0.0)))
    moved = value * np.exp(spread / abs(value) * moves) if value else 0.0 * moves
    drawn = moved + np.sqrt(variance) * noise
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _quantiles(
    fit: PurchaseFit, seen: Histories, weeks: float, chances: tuple[float, float]
) -> list[Array]:
    """The counts that are exceeded with no more than these chances, per history."""
    theta, found = np.array(fit.theta), [np.zeros_like(seen.x) for _ in chances]
    rows, count = np.arange(seen.x.size), 1
    while rows.size:
        reached = fit.kind.at_least(theta, seen.at(rows), weeks, count)
        for chance, counts in zip(chances, found, strict=True):
            counts[rows[reached > chance]] = count
        rows, count = rows[reached > min(chances)], count + 1
    return found


def _discounted(
    fit: PurchaseFit, theta: Array, seen: Histories, days: int, rate: float
) -> Array:
    """Expected purchases, each slice of the horizon at its present value."""
    ends = np.linspace(0, days, SLICES + 1)
    worth = (1 + rate) ** (-(ends[1:] + ends[:-1]) / 2 / 365)
    steps = worth - np.append(worth[1:], 0.0)

    def per_pair(some: Histories) -> Array:
        total = np.zeros_like(some.x)
        for end, step in zip(ends[1:], steps, strict=True):
            if step:
                weeks = end / DAYS_PER_WEEK
                total += step * fit.kind.purchases_if_alive(theta, some, weeks)
        return total

    return np.asarray(fit.kind.p_alive(theta, seen) * _by_pair(seen, per_pair))


def _by_pair(seen: Histories, compute: Callable[[Histories], Array]) -> Array:
    """Compute once per frequency and age: recency only tells who is still there."""
    code = seen.x * (seen.age.max(initial=0) * DAYS_PER_WEEK + 1)
    code += np.round(seen.age * DAYS_PER_WEEK)
    _, first, at = np.unique(code, return_index=True, return_inverse=True)
    return np.asarray(compute(seen.at(first))[at])


def _slopes(compute: Callable[[Array], Array], theta: Array) -> list[Array]:
    moves = np.eye(theta.size) * STEP
    return [(compute(theta + m) - compute(theta - m)) / (2 * STEP) for m in moves]
