"""Draw what customers may buy, with what is not known of the parameters."""

from zlib import crc32

import numpy as np
from pandera.typing.polars import DataFrame

from data.schemas.cells import Triples
from metrics.likelihood import Array
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories

DRAWS = 400


def simulated_totals(
    triples: DataFrame[Triples],
    fit: PurchaseFit,
    *,
    horizon_days: int,
    draws: int = DRAWS,
) -> Array:
    """Draws of everyone's purchases in the horizon, parameters drawn anew each time.

    Every customer is drawn apart, so the cost grows with customers: it is the yardstick
    for the interval that sums give, not what a page computes.
    """
    rng = np.random.default_rng(_seed(fit))
    distinct = Histories.of(triples)
    counts = distinct.customers.astype(np.int64)
    everyone = distinct.at(np.repeat(np.arange(distinct.x.size), counts))
    thetas = rng.multivariate_normal(fit.theta, np.array(fit.covariance), size=draws)
    weeks = horizon_days / DAYS_PER_WEEK
    return np.array([fit.kind.draw(t, everyone, weeks, rng).sum() for t in thetas])


def simulated_customer(
    fit: PurchaseFit,
    history: tuple[float, float, float],
    *,
    horizon_days: int,
    draws: int = DRAWS,
) -> Array:
    """Draws of one customer's purchases; history: frequency, recency, T in days."""
    rng = np.random.default_rng(_seed(fit))
    x, recency, age = (np.full(1, float(part)) for part in history)
    one = Histories(x, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, np.ones(1))
    thetas = rng.multivariate_normal(fit.theta, np.array(fit.covariance), size=draws)
    weeks = horizon_days / DAYS_PER_WEEK
    return np.array([fit.kind.draw(t, one, weeks, rng)[0] for t in thetas])


def _seed(fit: PurchaseFit) -> int:
    """A seed that depends on the model alone, so that it prints the same again."""
    return crc32(repr((fit.model, [f"{value:.6f}" for value in fit.theta])).encode())
