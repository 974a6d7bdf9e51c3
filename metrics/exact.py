"""Sums of many numbers that are the same in any order, on any number of threads."""

import numpy as np
from numpy.typing import NDArray

from metrics.likelihood import Array

DIGITS, LEAST = 62, -1000
"""Binary digits of a sum, which stays within a 64-bit whole number; the least step."""


def whole_steps(values: Array) -> tuple[NDArray[np.int64], float]:
    """Each value as a whole number of steps, which add up exactly; and the step.

    It is so fine that the largest value counts 2**61 / rows of them, at the least.
    """
    largest = max(values.max(initial=0.0), -values.min(initial=0.0)) * values.size
    step = 2.0 ** max(int(np.frexp(largest)[1]) - DIGITS, LEAST)
    return np.rint(values / step).astype(np.int64), step


def exact_sums(
    whole: NDArray[np.int64], step: float, groups: NDArray[np.integer], size: int
) -> Array:
    """The sum per group, numbered from 0, of values in whole steps."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, groups, whole)
    return np.asarray(sums * step, np.float64)


def exact_total(values: Array) -> float:
    """The sum of all values."""
    whole, step = whole_steps(values)
    return int(whole.sum()) * step
