"""What does a customer spend per purchase? Gamma-Gamma over repeat purchases."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, polygamma

from metrics.likelihood import (
    Array,
    Objective,
    Sums,
    best_start,
    blocks,
    maximum,
    systematic,
)

STARTS = ((1.0, 1.0, 1.0), (6.0, 4.0, 0.5), (2.0, 10.0, 5.0))
CORRELATED = 0.3
"""Above this the correlation of frequency and spend makes the forecast doubtful."""

INFINITE = "the mean spend is infinite (q <= 1)"


@dataclass(frozen=True)
class SpendFit:
    """A fitted Gamma-Gamma model; gamma is in the currency of the orders."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    customers: int
    reason: str | None
    correlation: float | None = None

    @property
    def converged(self) -> bool:
        """Whether the likelihood has a proper maximum and the mean is finite."""
        return self.reason is None


def fit_spend(customers: pl.DataFrame) -> SpendFit:
    """Maximum likelihood over customers with repeat purchases of positive value.

    Formula: Fader, Hardie, "The Gamma-Gamma Model of Monetary Value" (2013, note 025);
    on revenue, as margins can be negative. Money is divided by its mean while fitting,
    so the currency's unit does not matter.
    """
    x, m = _repeaters(customers)
    if not x.size:
        unknown = float("nan")
        return SpendFit(unknown, unknown, unknown, unknown, 0, "no repeat purchases")
    unit, part = float(m.mean()), systematic(x.size)
    start = best_start(_objective(x[part], m[part] / unit), STARTS)
    found = maximum(_objective(x, m / unit), start)
    p, q, gamma = map(float, np.exp(found.theta))
    return SpendFit(
        p=p,
        q=q,
        gamma=gamma * unit,
        log_likelihood=-x.size * (found.loss + float(np.log(unit))),
        customers=x.size,
        reason=found.reason or (INFINITE if q <= 1 else None),
        correlation=_rank_correlation(x, m),
    )


def doubt(correlation: float | None) -> str | None:
    """A warning where frequency and spend go together, which the model rules out."""
    if correlation is None or abs(correlation) <= CORRELATED:
        return None
    way = "more" if correlation > 0 else "less"
    found = f"frequent buyers spend {way} (rho {correlation:.2f})"
    return f"{found}: the forecast assumes neither"


def expected_spend(fit: SpendFit) -> pl.Expr:
    """Expected revenue of a purchase: own mean and everyone's, by how much is known.

    Without a repeat purchase of positive value it is everyone's mean.
    """
    x = pl.when(pl.col("monetary_value").is_not_null()).then(pl.col("frequency"))
    seen, mean = x.fill_null(0), pl.col("monetary_value").fill_null(0.0)
    weight = fit.p * seen + fit.q - 1
    spend = fit.p * (fit.gamma + mean * seen) / weight
    return pl.when(weight > 0).then(spend)


def value_correlation(customers: pl.DataFrame) -> float | None:
    """Spearman's correlation of frequency and spend among repeat customers.

    Gamma-Gamma assumes none: above 0.3 either way the forecast is to be doubted.
    """
    return _rank_correlation(*_repeaters(customers))


def _rank_correlation(x: Array, m: Array) -> float | None:
    """Correlation of the ranks of whole numbers and of amounts in order."""
    orders = x.astype(np.intp), np.cumsum(np.append(0, m[1:] != m[:-1])[: m.size])
    ranks = [_mean_ranks(np.bincount(order))[order] for order in orders]
    one, two = (rank - (m.size - 1) / 2 for rank in ranks)
    spread = float(np.sqrt((one * one).sum() * (two * two).sum()))
    return float(np.clip((one * two).sum() / spread, -1, 1)) if spread else None


def _mean_ranks(sizes: NDArray[np.intp]) -> Array:
    """The mean place, from 0, of each of several runs of equals."""
    return np.cumsum(sizes) - (sizes + 1) / 2


def _repeaters(customers: pl.DataFrame) -> tuple[Array, Array]:
    """Frequency and mean spend, by the latter: sums depend on the order in their last
    digits."""
    repeated = (pl.col("frequency") > 0) & (pl.col("monetary_value") > 0)
    x, m = pl.col("frequency").cast(pl.Float64), pl.col("monetary_value")
    seen = customers.filter(repeated).select(m, x).sort("monetary_value", "frequency")
    return seen.get_column("frequency").to_numpy(), seen.get_column(
        "monetary_value"
    ).to_numpy()


def _objective(x: Array, m: Array) -> Objective:
    """Everything but ln(gamma + m x) is a sum over the distinct frequencies."""
    counts = np.bincount(x.astype(np.intp))
    values = np.flatnonzero(counts)
    people, rows = counts[values], np.array([values, np.ones(values.size)])
    fixed, log_m = float(((np.log(m) + np.log(x)) * x).sum()), float(np.log(m).sum())

    def objective(theta: Array) -> Sums:
        p, q, g = np.exp(theta)
        shapes, own, due = np.array([p, q]), p * values, p * values + q
        known, near, nearer = _sums(x, m * x, g)
        per_x = gammaln(due) - gammaln(own) - gammaln(q) + q * theta[2]
        ll = per_x @ people + p * fixed - log_m - shapes @ known
        alone = (values * digamma(own)) @ people, x.size * (digamma(q) - theta[2])
        by_shapes = rows @ (people * digamma(due)) - alone + (fixed, 0) - known
        by_g = x.size * q / g - shapes @ near
        bent = np.zeros((3, 3))
        bent[:2, :2] = (rows * people * polygamma(1, due)) @ rows.T
        bent[0, 0] -= (values**2 * polygamma(1, own)) @ people
        bent[1, 1] -= x.size * polygamma(1, q)
        bent[:2, 2] = bent[2, :2] = (0, x.size / g) - near
        bent[2, 2] = shapes @ nearer - x.size * q / g**2
        return _mean_loss(theta, (ll, np.append(by_shapes, by_g), bent), x.size)

    return objective


def _sums(x: Array, total: Array, g: float) -> Array:
    """Sums of ln(g + total) and of its inverse to the power 1 and 2; times x, plain."""
    found = np.zeros((3, 2))
    for some in blocks(x.size):
        level = g + total[some]
        near = 1 / level
        of, per = (np.log(level), near, near * near), (x[some], np.ones_like(near))
        found += np.einsum("in,jn->ij", of, per)
    return found


def _mean_loss(theta: Array, sums: Sums, people: int) -> Sums:
    """Minus the mean, by the logarithms of the parameters."""
    value, gradient, curvature = sums
    scale = np.exp(theta)
    slope = gradient * scale
    bent = curvature * np.outer(scale, scale) + np.diag(slope)
    return -float(value) / people, -slope / people, -bent / people
