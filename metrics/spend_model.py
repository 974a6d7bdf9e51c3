"""What does a customer spend per purchase? Gamma-Gamma over repeat purchases."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import digamma, gammaln

from metrics.likelihood import Array, Objective, best_start, maximum

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
    seen = _repeaters(customers)
    if seen.is_empty():
        unknown = float("nan")
        return SpendFit(unknown, unknown, unknown, unknown, 0, "no repeat purchases")
    x, m = (
        seen.get_column(name).to_numpy() for name in ("frequency", "monetary_value")
    )
    unit = float(m.mean())
    objective = _objective(x.astype(np.float64), m / unit)
    found = maximum(objective, best_start(objective, STARTS))
    p, q, gamma = map(float, np.exp(found.theta))
    return SpendFit(
        p=p,
        q=q,
        gamma=gamma * unit,
        log_likelihood=-x.size * (found.loss + float(np.log(unit))),
        customers=x.size,
        reason=found.reason or (INFINITE if q <= 1 else None),
        correlation=value_correlation(seen),
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
    seen = _repeaters(customers).select(
        pl.corr("frequency", "monetary_value", method="spearman").fill_nan(None)
    )
    rho = seen.item()
    return None if rho is None else float(rho)


def _repeaters(customers: pl.DataFrame) -> pl.DataFrame:
    repeated = (pl.col("frequency") > 0) & (pl.col("monetary_value") > 0)
    columns = ("frequency", "monetary_value")
    return customers.filter(repeated).select(columns).sort(columns)


def _objective(x: Array, m: Array) -> Objective:
    values, at = np.unique(x, return_inverse=True)
    log_m, both = np.log(m), np.log(m) + np.log(x)

    def objective(theta: Array) -> tuple[float, Array]:
        p, q, g = np.exp(theta)
        total, own = p * values + q, p * values
        known = np.log(g + m * x)
        per_x = gammaln(total) - gammaln(own) - gammaln(q) + q * theta[2]
        ll = per_x[at] + p * x * both - log_m - total[at] * known
        by_p = x * ((digamma(total) - digamma(own))[at] + both - known)
        by_q = (digamma(total) - digamma(q))[at] + theta[2] - known
        by_g = q / g - total[at] / (g + m * x)
        gradient = [p * by_p.mean(), q * by_q.mean(), g * by_g.mean()]
        return -float(ll.mean()), -np.array(gradient)

    return objective
