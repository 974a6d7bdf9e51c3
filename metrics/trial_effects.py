"""Lifts of many pairs of arms at once, as columns of a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.arms import Arm, Sums, cuped, plain
from metrics.lift import PLANNED, Lift, absolute, always_valid, relative, student
from metrics.likelihood import Array
from metrics.trial_plans import Phase, Plan

FIXED, ALWAYS = "fixed", "always_valid"
Columns = dict[str, Array]


@dataclass(frozen=True)
class Reading:
    """How a test is read: at which confidence, and once or at any time."""

    confidence: float = 0.95
    method: str = FIXED
    planned: int = PLANNED

    def reach(self, treatment: Arm, control: Arm) -> Array:
        """How many standard errors the interval reaches."""
        if self.method == ALWAYS:
            return always_valid(treatment, control, self.confidence, self.planned)
        return student(treatment, control, self.confidence)


def reading(plan: Plan, phase: Phase, confidence: float) -> Reading:
    """How a campaign is read: at any time while it runs, else once."""
    method = ALWAYS if phase == "running" else FIXED
    return Reading(confidence, method, plan.planned_members or PLANNED)


def lifts(pairs: Sequence[tuple[Sums, Sums]], how: Reading) -> Columns:
    """Absolute, relative and adjusted lifts of pairs of treatment and control."""
    treatment, control = (plain(side) for side in _sides(pairs))
    with np.errstate(all="ignore"):
        reach = how.reach(treatment, control)
        first, second = (f(treatment, control, reach) for f in (absolute, relative))
        return {
            "mean": treatment.mean,
            "control_mean": control.mean,
            **_named(first, ("value", "ci_low", "ci_high")),
            **_named(second, ("relative", "relative_low", "relative_high")),
            "p_value": first.p_value if how.method == FIXED else first.p_value * np.nan,
            **_adjusted(pairs, how),
        }


def _sides(pairs: Sequence[tuple[Sums, Sums]]) -> list[list[Sums]]:
    return [[pair[side] for pair in pairs] for side in (0, 1)]


def _named(lift: Lift, names: tuple[str, str, str]) -> Columns:
    return dict(zip(names, (lift.value, lift.low, lift.high), strict=True))


def _adjusted(pairs: Sequence[tuple[Sums, Sums]], how: Reading) -> Columns:
    found = [cuped(*pair) for pair in pairs]
    one, two = (_stacked(arms) for arms in _both(found))
    lift = absolute(one, two, how.reach(one, two))
    named = _named(lift, ("adjusted", "adjusted_low", "adjusted_high"))
    return {**named, "theta": np.array([theta for _, _, theta in found])}


def _both(found: Sequence[tuple[Arm, Arm, float]]) -> tuple[list[Arm], list[Arm]]:
    return [each[0] for each in found], [each[1] for each in found]


def _stacked(arms: Sequence[Arm]) -> Arm:
    names = ("n", "mean", "variance")
    return Arm(*(np.array([getattr(a, n) for a in arms], np.float64) for n in names))
