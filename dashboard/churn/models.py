"""Churn models of a refresh: fitted on the company's own past, tested, and used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboard.churn.days import BEFORE, EPOCH
from dashboard.churn.known import Cut, Sources, cut
from metrics.churn_design import MODEL_COLUMNS, RECENCY_COLUMNS, columns
from metrics.churn_fit import (
    Rule,
    calibrated,
    calibration_of,
    fit_out_of_fold,
    fit_rule,
)
from metrics.churn_track import MODEL, RULE, Cuts, Told
from metrics.purchase_fit import PurchaseFit, fit, triples

LEAST, LEAST_EACH = 500, 50
"""Customers of a cut, and of them those who left and those who stayed."""

NAMES: Mapping[str, Sequence[str]] = {MODEL: MODEL_COLUMNS, RULE: RECENCY_COLUMNS}


@dataclass(frozen=True)
class Day:
    """A cut with the columns that the rules read, and who left by the next one."""

    day: date
    cut: Cut
    columns: pl.DataFrame
    fit: PurchaseFit | None

    @property
    def left(self) -> NDArray[np.bool_]:
        """Who bought no more within the horizon."""
        return self.cut.facts["churned"].to_numpy()

    @property
    def enough(self) -> bool:
        """Whether there are enough customers of either kind to learn from."""
        gone = int(self.left.sum())
        few = min(gone, self.left.size - gone) < LEAST_EACH
        return self.left.size >= LEAST and not few


@dataclass(frozen=True)
class Fitted:
    """The rules for the last day, what the earlier ones told, or why there are none."""

    rules: Mapping[str, Rule]
    cuts: Cuts
    told: Told | None
    reason: str | None = None


def see(
    sources: Sources, day: date, horizon_days: int, kind: str, *, past: bool
) -> Day:
    """A past day with the purchase model refitted on what was known then."""
    seen = cut(sources, day, horizon_days if past else None)
    found = fit(triples(seen.histories().lazy()), model=kind)
    return with_fit(seen, found if found.converged else None, horizon_days)


def with_fit(seen: Cut, found: PurchaseFit | None, horizon_days: int) -> Day:
    """A cut with the columns that a purchase model tells, if there is one."""
    usual = seen.known.usual_gap
    told = columns(seen.facts, found, usual_gap=usual, horizon_days=horizon_days)
    return Day(seen.day, seen, told, found)


def fitted(sources: Sources, now: Day, horizon_days: int, kind: str) -> Fitted:
    """Rules fitted two horizons ago and calibrated one ago, for use on the last day.

    What they are worth was told by the same, a horizon earlier. In a shorter history
    both are fitted on one day and calibrated out of fold.
    """
    days: list[Day] = []
    for past in _past(now, horizon_days):
        seen = see(sources, past, horizon_days, kind, past=True)
        if not seen.enough:
            break
        days.insert(0, seen)
    if len(days) < 2:
        return Fitted(
            {}, Cuts(None, None, None, horizon_days), None, _why(horizon_days)
        )
    return _learned(days, now, horizon_days)


def _past(now: Day, horizon_days: int) -> list[date]:
    """Up to three days, a horizon apart, with a horizon of history before each."""
    first, last = now.cut.known.first, (now.day - EPOCH).days
    begin = EPOCH + timedelta(int(first[first != BEFORE].min(initial=last)))
    days = [now.day - timedelta(steps * horizon_days) for steps in (1, 2, 3)]
    return [day for day in days if (day - begin).days >= horizon_days]


def _why(horizon_days: int) -> str:
    return (
        f"no churn model: it needs {3 * horizon_days} days of history and"
        f" {LEAST} customers, {LEAST_EACH} who left and {LEAST_EACH} who stayed"
    )


def _learned(days: Sequence[Day], now: Day, horizon_days: int) -> Fitted:
    test = days[-1]
    names = {
        name: [each for each in wanted if _known(each, (*days, now))]
        for name, wanted in NAMES.items()
    }
    before = {name: _rule(days[:-1], each) for name, each in names.items()}
    chances = {name: rule.chance(test.columns) for name, rule in before.items()}
    slopes = {name: calibration_of(each, test.left) for name, each in chances.items()}
    cuts = Cuts(days[0].day, days[-2].day, test.day, horizon_days)
    rules = {name: _rule(days[1:], each) for name, each in names.items()}
    return Fitted(rules, cuts, Told(chances, test.left, slopes))


def _rule(days: Sequence[Day], names: Sequence[str]) -> Rule:
    """Fitted on the first of two days and calibrated on the second, or on one alone."""
    first, last = days[0], days[-1]
    if len(days) == 1:
        return fit_out_of_fold(first.columns, first.left, names)
    return calibrated(
        fit_rule(first.columns, first.left, names), last.columns, last.left
    )


def _known(name: str, days: Sequence[Day]) -> bool:
    return not any(day.columns[name].null_count() for day in days)
