"""The arms of a test, from exact sums: sizes, means, variances, and CUPED."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from metrics.likelihood import Array


@dataclass(frozen=True)
class Arm:
    """Members, mean and variance (n - 1) of one arm; numbers or arrays of them."""

    n: Array
    mean: Array
    variance: Array

    @property
    def spread(self) -> Array:
        """The squared standard error of the mean."""
        with np.errstate(all="ignore"):
            return self.variance / self.n


def arm(n: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> Arm:
    """An arm of numbers or arrays."""
    return Arm(*(np.asarray(each, np.float64) for each in (n, mean, variance)))


@dataclass(frozen=True)
class Sums:
    """Whole sums over the members of one arm: outcome y, covariate x, in `unit`s.

    With y and x in whole units (cents), nothing is lost, however large the money.
    """

    n: int
    y: int
    yy: int
    x: int = 0
    xx: int = 0
    xy: int = 0
    y_unit: int = 1
    x_unit: int = 1

    def mean(self) -> float:
        """The mean of y; NaN of nobody."""
        return self.y / (self.n * self.y_unit) if self.n else np.nan

    def x_mean(self) -> float:
        """The mean of x; NaN of nobody."""
        return self.x / (self.n * self.x_unit) if self.n else np.nan

    def syy(self) -> float:
        """The centred sum of squares of y."""
        return self._centred(self.y, self.y, self.yy) / self.y_unit**2

    def sxx(self) -> float:
        """The centred sum of squares of x."""
        return self._centred(self.x, self.x, self.xx) / self.x_unit**2

    def sxy(self) -> float:
        """The centred sum of products."""
        return self._centred(self.x, self.y, self.xy) / (self.x_unit * self.y_unit)

    def plus(self, other: "Sums") -> "Sums":
        """Both arms as one."""
        names = ("n", "y", "yy", "x", "xx", "xy")
        added = {name: getattr(self, name) + getattr(other, name) for name in names}
        return replace(self, **added)

    def _centred(self, one: int, two: int, product: int) -> float:
        return float(Fraction(self.n * product - one * two, self.n)) if self.n else 0.0


def plain(sums: Sequence[Sums]) -> Arm:
    """The arms as they are; a variance needs two members."""
    spreads = [s.syy() / (s.n - 1) if s.n > 1 else np.nan for s in sums]
    return arm([s.n for s in sums], [s.mean() for s in sums], spreads)


def cuped(treatment: Sums, control: Sums) -> tuple[Arm, Arm, float]:
    """Both arms adjusted for what members did before, and theta.

    Formula: theta = pooled Sxy / pooled Sxx, 0 where Sxx is 0; m* = ybar - theta
        (xbar - xbar of both); (n - 1) s*^2 = Syy - 2 theta Sxy + theta^2 Sxx
    Source: Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled
        Experiments by Utilizing Pre-Experiment Data", WSDM 2013
    """
    sxx = treatment.sxx() + control.sxx()
    theta = (treatment.sxy() + control.sxy()) / sxx if sxx > 0 else 0.0
    centre = treatment.plus(control).x_mean()
    one, two = (_adjusted(each, theta, centre) for each in (treatment, control))
    return one, two, theta


def _adjusted(sums: Sums, theta: float, centre: float) -> Arm:
    mean = sums.mean() - theta * (sums.x_mean() - centre)
    square = sums.syy() - 2 * theta * sums.sxy() + theta**2 * sums.sxx()
    return arm(sums.n, mean, max(square, 0.0) / (sums.n - 1) if sums.n > 1 else np.nan)
