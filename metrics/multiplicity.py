"""Many tests at once: what is still found when chance is allowed for."""

from collections.abc import Callable

import numpy as np

from metrics.likelihood import Array


def holm(p_values: Array) -> Array:
    """P-values adjusted so that no false alarm in the family is likely.

    Formula: the running maximum of (m - rank) p over the sorted p; NaN stays out
    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure",
        Scandinavian Journal of Statistics 6, 1979
    """
    return _adjusted(
        p_values, lambda p, m: np.maximum.accumulate(p * np.arange(m, 0, -1))
    )


def benjamini_hochberg(p_values: Array) -> Array:
    """P-values adjusted so that few of the findings are false.

    Formula: the running minimum from the largest of p m / rank; NaN stays out
    Source: Benjamini, Hochberg, "Controlling the False Discovery Rate", JRSS B 57, 1995
    """
    return _adjusted(
        p_values,
        lambda p, m: np.minimum.accumulate((p * m / np.arange(1, m + 1))[::-1])[::-1],
    )


def selected_level(p_values: Array, rate: float = 0.05) -> float:
    """The confidence of the intervals of what was selected; NaN where nothing was.

    Formula: 1 - R q / m, R of m found at the false discovery rate q
    Source: Benjamini, Yekutieli, "False Discovery Rate-Adjusted Multiple Confidence
        Intervals for Selected Parameters", JASA 100, 2005
    """
    tested = np.count_nonzero(~np.isnan(p_values))
    found = np.count_nonzero(benjamini_hochberg(p_values) <= rate)
    return 1 - found * rate / tested if found else float("nan")


def _adjusted(p_values: Array, step: Callable[[Array, int], Array]) -> Array:
    given = np.asarray(p_values, np.float64)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    found = np.full(given.shape, np.nan)
    found[order] = np.minimum(step(given[order], len(order)), 1.0)
    return found
