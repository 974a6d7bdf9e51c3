"""When will a customer buy again? Models of buying until an unseen end.

While a customer stays, purchases come at a rate of their own (Gamma over customers);
after each purchase the customer leaves with a probability of their own (Beta). Time is
in weeks. A model answers per distinct history: frequency x, recency t_x and age T.
"""

from collections.abc import Iterator, Mapping
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
    polygamma,
    roots_legendre,
)

from metrics.likelihood import Array, Sums, blocks

DAYS_PER_WEEK = 7
NEAR_ONE = 1e-5
QUADRATURE = 16


@dataclass(frozen=True)
class Histories:
    """Purchase histories in weeks, and how many customers have each."""

    x: Array
    t_x: Array
    age: Array
    customers: Array

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Histories":
        """The histories of a frame of triples, or of customers, in its order."""
        x, days, age = (
            rows.get_column(name).cast(pl.Float64).to_numpy()
            for name in ("frequency", "recency", "T")
        )
        counted = "customers" in rows.columns
        people = rows.get_column("customers").to_numpy() if counted else np.ones(x.size)
        weeks = (days / DAYS_PER_WEEK, age / DAYS_PER_WEEK)
        return cls(x, *weeks, people.astype(np.float64))

    @cached_property
    def frequencies(self) -> tuple[Array, Array]:
        """The distinct frequencies, and how many customers have each."""
        sums = np.bincount(self.x.astype(np.intp), weights=self.customers)
        values, people = np.flatnonzero(sums), np.asarray(sums, np.float64)
        return values.astype(np.float64), people[values]

    def at(self, rows: NDArray[np.intp] | slice) -> "Histories":
        """Some of the histories, by position."""
        return Histories(
            self.x[rows], self.t_x[rows], self.age[rows], self.customers[rows]
        )

    def blocks(self) -> Iterator["Histories"]:
        """All of them, a few at a time."""
        return map(self.at, blocks(self.x.size))


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

    def log_likelihood(self, theta: Array, seen: Histories) -> Sums:
        """Of all customers: value, gradient and curvature in ln-parameters."""
        ...

    def p_alive(self, theta: Array, seen: Histories) -> Array:
        """Probability that a customer with this history is still one."""
        ...

    def alive(self, theta: Array, seen: Histories) -> tuple[Array, Array]:
        """That probability, and its derivatives by the ln-parameters, one row each."""
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

    def log_likelihood(self, theta: Array, seen: Histories) -> Sums:
        """Of all customers: value, gradient and curvature in ln-parameters."""
        parts = [self._by_frequency(theta, seen)]
        parts += [self._by_history(theta, some) for some in seen.blocks()]
        values, gradients, curvatures = zip(*parts, strict=True)
        return sum(values), np.sum(gradients, axis=0), np.sum(curvatures, axis=0)

    def _by_frequency(self, theta: Array, seen: Histories) -> Sums:
        """The terms of the likelihood that the number of purchases decides."""
        r, _, a, b = np.exp(theta)
        x, people = seen.frequencies
        stay = b + x + self.shift
        ll = gammaln(r + x) - gammaln(r) + r * theta[1] + betaln(a, stay) - betaln(a, b)
        both = digamma(a + b) - digamma(a + stay)
        by_r = r * (digamma(r + x) - digamma(r) + theta[1])
        by_b = b * (both + digamma(stay) - digamma(b))
        gradient = np.array([by_r, np.full_like(x, r), a * both, by_b]) @ people
        bent = _trigamma(a + b) - _trigamma(a + stay)
        curvature = np.diag(gradient * (1, 0, 1, 1))
        curvature[0, 0] += r**2 * (_trigamma(r + x) - _trigamma(r)) @ people
        curvature[0, 1] = curvature[1, 0] = gradient[1]
        curvature[2:, 2:] += np.outer((a, b), (a, b)) * (bent @ people)
        curvature[3, 3] += b**2 * (_trigamma(stay) - _trigamma(b)) @ people
        return float(ll @ people), gradient, curvature

    def _by_history(self, theta: Array, seen: Histories) -> Sums:
        """The other terms: to be still there, or to have left at the last purchase."""
        r, alpha = np.exp(theta[:2])
        bought, people = r + seen.x, seen.customers
        odds, slopes = self._log_odds(theta, seen)
        rare, until = np.exp(-np.abs(odds)), np.log(alpha + seen.age)
        gone = np.where(odds > 0, 1.0, rare) / (1 + rare)
        now, then = alpha / (alpha + seen.age), alpha / (alpha + seen.t_x)
        ll = np.maximum(odds, 0.0) + np.log1p(rare) - bought * until
        steps = slopes * gone
        steps[0] -= r * until
        steps[1] -= bought * now
        curvature = (slopes * (people * gone * (1 - gone))) @ slopes.T
        gradient = np.einsum("in,n->i", steps, people)
        curvature[0, 0] += gradient[0]
        curvature[0, 1] += r * (steps[1] / bought) @ people
        curvature[1, 0] = curvature[0, 1]
        bend = (1 - gone) * now * (1 - now) + gone * then * (1 - then)
        curvature[1, 1] -= (bought * bend) @ people
        curvature[3, 3] += (steps[3] * (1 + slopes[3])) @ people
        return float(ll @ people), gradient, curvature

    def p_alive(self, theta: Array, seen: Histories) -> Array:
        """Probability that a customer with this history is still one."""
        return self.alive(theta, seen)[0]

    def alive(self, theta: Array, seen: Histories) -> tuple[Array, Array]:
        """That probability, and its derivatives by the ln-parameters, one row each."""
        odds, slopes = self._log_odds(theta, seen)
        alive = np.asarray(expit(-odds))
        slopes *= alive * (alive - 1)
        return alive, slopes

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
        return b + x if self.shift else np.where(x > 0, b + x - 1, 1.0)

    def _log_odds(self, theta: Array, seen: Histories) -> tuple[Array, Array]:
        """Log odds of having left at the last purchase, against being still there; and
        their derivatives by the ln-parameters."""
        r, alpha, _, b = np.exp(theta)
        bought, slopes = r + seen.x, np.ones((theta.size, seen.x.size))
        longer = np.log1p((seen.age - seen.t_x) / (alpha + seen.t_x))
        left = self._chances_left(b, seen.x)
        slopes[0] = r * longer
        slopes[1] = alpha / (alpha + seen.age) - alpha / (alpha + seen.t_x)
        slopes[1] *= bought
        slopes[3] = -b / left
        odds = theta[2] - np.log(left) + bought * longer
        return (odds if self.shift else np.where(seen.x > 0, odds, -np.inf)), slopes


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


def _trigamma(value: Array | float) -> Array:
    return np.asarray(polygamma(1, value))
