"""What is to be expected of one who is still a customer, per frequency and age.

When they bought last only tells whether they are still there. So there are far fewer
pairs of a frequency and an age than histories, and over ages all is smooth.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from metrics.likelihood import Array
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories

SLICES = 12
STEP = 1e-3
EXACT = 1e-13


@dataclass(frozen=True)
class Pairs:
    """The distinct frequencies and ages, in order, and each history's place in them."""

    x: Array
    age: Array
    at: NDArray[np.intp]

    @classmethod
    def of(cls, seen: Histories) -> "Pairs":
        """Found by marking them in the table of all that there could be."""
        x, _ = seen.frequencies
        row = np.zeros(int(x.max(initial=0)) + 1, np.intp)
        row[x.astype(np.intp)] = np.arange(x.size)
        days = np.rint(seen.age * DAYS_PER_WEEK).astype(np.intp)
        width = int(days.max(initial=0)) + 1
        cell = row[seen.x.astype(np.intp)] * width + days
        marked = np.zeros(x.size * width, bool)
        marked[cell] = True
        rows, ages = np.divmod(np.flatnonzero(marked), width)
        return cls(x[rows], ages / DAYS_PER_WEEK, (np.cumsum(marked) - 1)[cell])


def if_alive(
    pairs: Pairs, fit: PurchaseFit, *, horizon_days: int, discount_rate: float
) -> Array:
    """Per pair, a row each: the expected purchases X of the horizon; those discounted
    (Y = X x discounted / expected); E[Y^2]; the derivatives of discounted by the
    ln-parameters.
    """
    theta = np.array(fit.theta)
    weeks, steps = _slices(horizon_days, discount_rate)
    moves = np.eye(theta.size) * STEP

    def ask(some: Histories) -> Array:
        def discounted(at: Array) -> Array:
            ahead = [fit.kind.purchases_if_alive(at, some, end) for end in weeks]
            return np.asarray(np.einsum("s,sn->n", steps, ahead))

        expected = fit.kind.purchases_if_alive(theta, some, weeks[-1])
        now = discounted(theta)
        scale = np.divide(now, expected, out=np.zeros_like(now), where=expected > 0)
        squares = fit.kind.pairs_if_alive(theta, some, weeks[-1]) + expected
        slopes = [(discounted(theta + m) - discounted(theta - m)) / 2 for m in moves]
        return np.array([expected, now, squares * scale**2, *np.divide(slopes, STEP)])

    return _over_ages(pairs, float(np.exp(theta[1])), ask)


def _slices(days: int, rate: float) -> tuple[Array, Array]:
    """Ends of the horizon's slices in weeks, and how much more each is worth than the
    next: the sum of purchases up to an end times that is their present value."""
    ends = np.linspace(0, days, SLICES + 1)
    worth = (1 + rate) ** (-(ends[1:] + ends[:-1]) / 2 / 365)
    steps = worth - np.append(worth[1:], 0.0)
    return ends[1:][steps != 0] / DAYS_PER_WEEK, steps[steps != 0]


def _over_ages(pairs: Pairs, scale: float, ask: Callable[[Histories], Array]) -> Array:
    """Ask for all pairs; where a frequency has many ages, for Chebyshev's points of
    ln(scale + age) alone, whose polynomial tells the rest.

    Within pi / 2 of the real axis all is analytic and bounded, as the time ahead still
    has a positive part; that gives the number of points for thirteen digits.
    """
    if not pairs.x.size:
        return ask(_histories(pairs.x, pairs.age))
    level = np.log(scale + pairs.age)
    middle, half = (level.max() + level.min()) / 2, max(np.ptp(level) / 2, 1e-9)
    count = int(np.ceil(-np.log(EXACT) / np.arcsinh(np.pi / 2 / half)))
    point = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    x, first, sizes = np.unique(pairs.x, return_index=True, return_counts=True)
    few, many = np.repeat(sizes <= count, sizes), np.flatnonzero(sizes > count)
    ages = np.exp(middle + half * point) - scale
    asked = ask(
        _histories(
            np.append(pairs.x[few], np.repeat(x[many], count)),
            np.append(pairs.age[few], np.tile(ages, many.size)),
        )
    )
    found = np.empty((len(asked), pairs.x.size))
    found[:, few] = asked[:, : few.sum()]
    grid = asked[:, few.sum() :].reshape(len(asked), many.size, count)
    terms = chebvander(point, count - 1) * np.where(np.arange(count), 2, 1) / count
    for place, curve in zip(many, np.einsum("fxk,kj->xfj", grid, terms), strict=True):
        some = slice(first[place], first[place] + sizes[place])
        powers = chebvander((level[some] - middle) / half, count - 1)
        found[:, some] = np.einsum("fj,pj->fp", curve, powers)
    return found


def _histories(x: Array, age: Array) -> Histories:
    return Histories(x, np.zeros_like(x), age, np.ones_like(x))
