"""What a fitted purchase model expects, per history and in total."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from pandera.typing.polars import DataFrame
from scipy.special import ndtri

from data.schemas.cells import Triples
from metrics.estimates import CONFIDENCE, EVERYONE
from metrics.frames import Estimate, HistoryEstimate
from metrics.likelihood import Array, blocks
from metrics.purchase_fit import KEY, PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories
from metrics.purchases_ahead import Pairs, if_alive

SPREAD = 4000
GOLDEN = (5**0.5 - 1) / 2
GRADIENT = ("gradient_1", "gradient_2", "gradient_3", "gradient_4")
COLUMNS = (
    "p_alive", "expected_purchases", "discounted_purchases", "variance", *GRADIENT
)  # fmt: skip


def forecast(
    rows: pl.DataFrame, fit: PurchaseFit, *, horizon_days: int, discount_rate: float
) -> pl.DataFrame:
    """What the model says of each row's history (frequency, recency, T), in its order.

    Columns: p_alive, expected_purchases, discounted_purchases, the variance of the
    latter, and its derivatives by the ln-parameters.
    """
    seen, theta = Histories.of(rows), np.array(fit.theta)
    pairs = Pairs.of(seen)
    ahead = if_alive(pairs, fit, horizon_days=horizon_days, discount_rate=discount_rate)
    found = np.empty((4 + theta.size, seen.x.size))
    for some in blocks(seen.x.size):
        per_row = ahead.take(pairs.at[some], axis=1)
        found[:, some] = _weighed(fit, theta, seen.at(some), per_row)
    return pl.DataFrame(dict(zip(COLUMNS, found, strict=True)))


def _weighed(fit: PurchaseFit, theta: Array, seen: Histories, ahead: Array) -> Array:
    """The expectations of one who is still a customer, by the chance to be one."""
    alive, slopes = fit.kind.alive(theta, seen)
    slopes *= ahead[1]
    slopes += alive * ahead[3:]
    expected, discounted, squares = alive * ahead[:3]
    variance = np.maximum(squares - discounted**2, 0.0)
    return np.array([alive, expected, discounted, variance, *slopes])


def histories(
    triples: DataFrame[Triples],
    fit: PurchaseFit,
    *,
    horizon_days: int = 365,
    discount_rate: float = 0.10,
) -> pl.DataFrame:
    """One row per distinct history: what the model says of its customers.

    Columns beside frequency, recency, T and customers: those of the forecast, and
    no_purchase (the probability of none in the horizon).
    """
    ordered, weeks = triples.sort(KEY), horizon_days / DAYS_PER_WEEK
    rows = forecast(
        ordered, fit, horizon_days=horizon_days, discount_rate=discount_rate
    )
    some = fit.kind.at_least(np.array(fit.theta), Histories.of(ordered), weeks, 1)
    return pl.concat([ordered, rows], how="horizontal").with_columns(
        no_purchase=1 - pl.Series(some)
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
