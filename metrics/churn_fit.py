"""Fit the churn model: a logistic regression with standardised columns, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from metrics.churn_design import log_odds
from metrics.likelihood import Array

MOST = 100_000
"""Customers that a fit looks at: the first in an order that knows nothing of them."""

FOLDS = 5
SHRINK, FREE = 1.0, 1e6
STEPS, SETTLED = 200, 1e-8
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """A fitted rule: log odds of leaving as a sum over standardised columns.

    `shift + slope * (intercept + sum weight * (column - mean) / scale)`; the first two
    are the calibration.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    intercept: float
    shift: float = 0.0
    slope: float = 1.0

    def contributions(self, columns: pl.DataFrame) -> Array:
        """What each column adds to a customer's log odds, against the mean customer."""
        part = np.array(self.weight) * self.slope / np.array(self.scale)
        values = np.asarray(columns.select(self.names).to_numpy(), np.float64)
        return np.asarray((values - np.array(self.mean)) * part)

    def odds(self, columns: pl.DataFrame) -> Array:
        """The log odds of leaving, a customer each."""
        added = np.zeros(columns.height)
        for each in self.contributions(columns).T:
            added += each
        return self.shift + self.slope * self.intercept + added

    def chance(self, columns: pl.DataFrame) -> Array:
        """The probability of no purchase, a customer each."""
        return np.asarray(expit(self.odds(columns)))


def fit_rule(columns: pl.DataFrame, left: Labels, names: Sequence[str]) -> Rule:
    """Logistic regression over the columns that are known and differ.

    Columns are made so that more is riskier: one that would say the opposite beside the
    others is left out, one after another, so that a reason never contradicts itself.
    """
    some, y = columns[:MOST], left[:MOST]
    kept = [name for name in names if _tells(some[name])]
    while True:
        rule = _logistic(some.select(kept), y)
        worst = int(np.argmin(rule.weight)) if kept else 0
        if not kept or rule.weight[worst] >= 0:
            return rule
        kept.pop(worst)


def calibrated(rule: Rule, columns: pl.DataFrame, left: Labels) -> Rule:
    """The rule with its log odds shifted and stretched to what was seen later."""
    shift, slope = calibration(rule.odds(columns[:MOST]), left[:MOST])
    return replace(rule, shift=shift, slope=slope)


def fit_out_of_fold(columns: pl.DataFrame, left: Labels, names: Sequence[str]) -> Rule:
    """Fit and calibrate on one day: each fifth is told by a fit on the others."""
    some, y = columns[:MOST], left[:MOST]
    fold, told = np.arange(some.height) % FOLDS, np.empty(some.height)
    for each in range(FOLDS):
        inside = fold == each
        rest = fit_rule(some.filter(pl.Series(~inside)), y[~inside], names)
        told[inside] = rest.odds(some.filter(pl.Series(inside)))
    shift, slope = calibration(told, y)
    return replace(fit_rule(some, y, names), shift=shift, slope=slope)


def calibration(odds: Array, left: Labels) -> tuple[float, float]:
    """Intercept and slope of a logistic regression of what came on the log odds.

    Where all odds are alike no slope can be told: they are shifted to the share.
    """
    if not np.ptp(odds):
        return float(log_odds(left.mean(keepdims=True))[0] - odds[0]), 1.0
    shift, (slope,) = _fitted(odds[:, None], left, FREE)
    return shift, slope


def calibration_of(chance: Array, left: Labels) -> tuple[float, float] | None:
    """The same, of probabilities; unknown where they or what came are all alike."""
    if not np.ptp(chance) or left.all() or not left.any():
        return None
    return calibration(log_odds(chance), left)


def _logistic(columns: pl.DataFrame, left: Labels) -> Rule:
    if not columns.width:
        share = log_odds(np.array([left.mean()]))
        return Rule((), (), (), (), float(share[0]))
    values = columns.to_numpy()
    mean, scale = values.mean(axis=0), values.std(axis=0)
    intercept, weight = _fitted((values - mean) / scale, left, SHRINK)
    around = (tuple(map(float, mean)), tuple(map(float, scale)))
    return Rule(tuple(columns.columns), *around, weight, intercept)


def _fitted(
    values: Array, left: Labels, size: float
) -> tuple[float, tuple[float, ...]]:
    """Intercept and weights; on one thread, as more would change the last digits."""
    model = LogisticRegression(
        C=size, solver="newton-cholesky", tol=SETTLED, max_iter=STEPS
    )
    with threadpool_limits(limits=1):
        model.fit(values, left)
    return float(model.intercept_[0]), tuple(map(float, model.coef_[0]))


def _tells(column: pl.Series) -> bool:
    return column.null_count() == 0 and column.n_unique() > 1
