"""When will a customer buy again? Models of buying until an unseen end.

While a customer stays, purchases come at a rate of their own (Gamma over customers);
after each purchase the customer leaves with a probability of their own (Beta). Time is
in weeks. A model answers per distinct history: frequency x, recency t_x and age T.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import (
    betainc,
    betaln,
    digamma,
    expit,
    gammaln,
    hyp2f1,
    roots_legendre,
)

Array = NDArray[np.float64]

DAYS_PER_WEEK = 7
NEAR_ONE = 1e-5
QUADRATURE = 16


@dataclass(frozen=True)
class Histories:
    """Distinct purchase histories in weeks, and how many customers have each."""

    x: Array
    t_x: Array
    age: Array
    customers: Array

    @classmethod
    def of(cls, triples: pl.DataFrame) -> "Histories":
        """The histories of a frame of triples, in a fixed order."""
        ordered = triples.sort("frequency", "recency", "T")
        x, days, age, customers = (
            ordered.get_column(name).cast(pl.Float64).to_numpy()
            for name in ("frequency", "recency", "T", "customers")
        )
        return cls(x, days / DAYS_PER_WEEK, age / DAYS_PER_WEEK, customers)

    @cached_property
    def frequencies(self) -> tuple[Array, NDArray[np.intp]]:
        """The distinct frequencies, and where each history finds its own."""
        return np.unique(self.x, return_inverse=True)

    def at(self, rows: NDArray[np.intp]) -> "Histories":
        """Some of the histories, by position."""
        return Histories(
            self.x[rows], self.t_x[rows], self.age[rows], self.customers[rows]
        )


class PurchaseModel(Protocol):
    """What the fit, the forecast and the simulation ask of a model."""

    @property
    def name(self) -> str:
        """The name by which it is chosen."""
        ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, in order."""
        ...

    def log_likelihood(self, theta: Array, seen: Histories) -> tuple[Array, Array]:
        """Per history: the log-likelihood and its gradient in ln-parameters."""
        ...

    def p_alive(self, theta: Array, seen: Histories) -> Array:
        """Probability that a customer with this history is still one."""
        ...

    def purchases_if_alive(self, theta: Array, seen: Histories, weeks: float) -> Array:
        """Expected purchases in the next weeks of one who is still a customer."""
        ...

    def pairs_if_alive(self, theta: Array, seen: Histories, weeks: float) -> Array:
        """E[X (X - 1)] of those purchases X, for their variance."""
        ...

    def at_least(
        self, theta: Array, seen: Histories, weeks: float, count: int
    ) -> Array:
        """Probability of at least so many purchases in the next weeks."""
        ...

    def first_purchases(self, theta: Array, weeks: Array) -> Array:
        """Expected repeat purchases of a new customer in their first weeks."""
        ...

    def draw(
        self, theta: Array, seen: Histories, weeks: float, rng: np.random.Generator
    ) -> Array:
        """One draw of the purchases in the next weeks, per history."""
        ...


@dataclass(frozen=True)
class GeometricModel:
    """Gamma rates, and a Beta chance to leave after each purchase.

    `shift` is 1 where a customer may leave after the first purchase too (MBG/NBD;
    Batislam, Denizel, Filiztekin 2007) and 0 where only after a repeat purchase
    (BG/NBD; Fader, Hardie, Lee 2005). `theta` holds ln r, ln alpha, ln a, ln b.
    """

    name: str
    shift: int
    parameters: tuple[str, ...] = ("r", "alpha", "a", "b")

    def log_likelihood(self, theta: Array, seen: Histories) -> tuple[Array, Array]:
        """Per history: the log-likelihood and its gradient in ln-parameters."""
        r, alpha, a, b = np.exp(theta)
        values, at = seen.frequencies
        longer = np.log1p((seen.age - seen.t_x) / (alpha + seen.t_x))
        left = self._log_odds(theta, seen, longer)
        until = np.log(alpha + seen.age)
        per_x = gammaln(r + values) - gammaln(r) + r * theta[1]
        per_x += betaln(a, b + values + self.shift) - betaln(a, b)
        ll = per_x[at] - (r + seen.x) * until + np.logaddexp(0.0, left)
        gone = expit(left)
        by_r = (digamma(r + values) - digamma(r) + theta[1])[at] - until + gone * longer
        by_alpha = r / alpha - (r + seen.x) * (
            (1 - gone) / (alpha + seen.age) + gone / (alpha + seen.t_x)
        )
        both = digamma(a + b) - digamma(a + b + values + self.shift)
        by_a = both[at] + gone / a
        by_b = (both + digamma(b + values + self.shift) - digamma(b))[at]
        by_b -= gone / self._chances_left(b, seen.x)
        return ll, np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])

    def p_alive(self, theta: Array, seen: Histories) -> Array:
        """Probability that a customer with this history is still one."""
        longer = np.log1p((seen.age - seen.t_x) / (np.exp(theta[1]) + seen.t_x))
        return np.asarray(expit(-self._log_odds(theta, seen, longer)))

    def purchases_if_alive(self, theta: Array, seen: Histories, weeks: float) -> Array:
        """Expected purchases in the next weeks of one who is still a customer.

        C / (a - 1) * (1 - 2F1(r + x, a - 1; C; -t / (alpha + T))): Pfaff's form, as the
        published one overflows for thousands of purchases.
        """
        r, alpha, a, b = np.exp(theta)
        a = _beside_one(a)
        c = a + b + seen.x + self.shift - 1
        u = weeks / (alpha + seen.age)
        expected = c / (a - 1) * (1 - _hyp2f1(r + seen.x, a - 1, c, u))
        return np.asarray(np.clip(expected, 0.0, u * (r + seen.x)))

    def pairs_if_alive(self, theta: Array, seen: Histories, weeks: float) -> Array:
        """E[X (X - 1)] of those purchases X, for their variance.

        Given rate and chance it is 2 (1 - p) * integral of rate^2 v exp(-rate p v) over
        the horizon; over customers the integrand is a 2F1, summed by Gauss-Legendre.
        """
        r, alpha, a, b = np.exp(theta)
        shape, stay = r + seen.x, b + seen.x + self.shift
        u = weeks / (alpha + seen.age)
        nodes, weights = roots_legendre(QUADRATURE)
        area = np.zeros_like(u)
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            w = node * u
            area += weight * u * w * _hyp2f1(shape + 2, a, a + stay + 1, w)
        return np.asarray(2 * shape * (shape + 1) * stay / (a + stay) * area)

    def at_least(
        self, theta: Array, seen: Histories, weeks: float, count: int
    ) -> Array:
        """Probability of at least so many purchases in the next weeks.

        Still a customer, so many due (negative binomial), and none of those before the
        last one the end (Beta).
        """
        r, alpha, a, b = np.exp(theta)
        stay = b + seen.x + self.shift
        due = betainc(count, r + seen.x, weeks / (alpha + seen.age + weeks))
        going_on = np.exp(betaln(a, stay + count - 1) - betaln(a, stay))
        return np.asarray(self.p_alive(theta, seen) * due * going_on)

    def first_purchases(self, theta: Array, weeks: Array) -> Array:
        """Expected repeat purchases of a new customer in their first weeks."""
        r, alpha, a, b = np.exp(theta)
        a = _beside_one(a)
        c = a + b + self.shift - 1
        lead = b if self.shift else c
        return np.asarray(lead / (a - 1) * (1 - _hyp2f1(r, a - 1, c, weeks / alpha)))

    def draw(
        self, theta: Array, seen: Histories, weeks: float, rng: np.random.Generator
    ) -> Array:
        """One draw of the purchases in the next weeks, per history."""
        r, alpha, a, b = np.exp(theta)
        alive = rng.random(seen.x.size) < self.p_alive(theta, seen)
        rate = rng.gamma(r + seen.x) / (alpha + seen.age)
        leave = rng.beta(a, b + seen.x + self.shift)
        last = rng.geometric(np.maximum(leave, 1e-12))
        return np.asarray(alive * np.minimum(rng.poisson(rate * weeks), last), float)

    def _chances_left(self, b: float, x: Array) -> Array:
        """The Beta's b less the purchase after which one left; 1 where none could."""
        return np.where(x + self.shift > 0, b + x + self.shift - 1, 1.0)

    def _log_odds(self, theta: Array, seen: Histories, longer: Array) -> Array:
        """Log odds of having left at the last purchase, against being still there."""
        r, b = np.exp(theta[0]), np.exp(theta[3])
        odds = theta[2] - np.log(self._chances_left(b, seen.x))
        odds += (r + seen.x) * longer
        return np.where(seen.x + self.shift > 0, odds, -np.inf)


MODELS: Mapping[str, PurchaseModel] = MappingProxyType(
    {
        "mbgnbd": GeometricModel("mbgnbd", 1),
        "bgnbd": GeometricModel("bgnbd", 0),
    }
)


def _beside_one(a: float) -> float:
    """The singularity at a = 1 is removable: step beside it."""
    return 1 + NEAR_ONE if abs(a - 1) < NEAR_ONE else float(a)


def _hyp2f1(a: Array | float, b: float, c: Array | float, u: Array) -> Array:
    """2F1(a, b; c; -u) for u > 0, without overflow where a and c are large."""
    return np.asarray((1 + u) ** -b * hyp2f1(c - a, b, c, u / (1 + u)))
