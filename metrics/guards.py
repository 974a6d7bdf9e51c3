"""What has to hold before a lift is believed, and what follows from one."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc

ALARM = 0.001
LEAST_EXPECTED = 5
IMPLAUSIBLE = 0.5
RANDOM = ("randomised", "holdout")


def srm_p_value(observed: Sequence[int], shares: Sequence[float]) -> float | None:
    """How likely arm sizes this far from the plan are by chance.

    Formula: chi2 = sum (o - e)^2 / e, e = members times planned share, arms - 1 degrees
        of freedom; null without two arms, or where an arm expects fewer than 5
    Source: Fabijan et al., "Diagnosing Sample Ratio Mismatch", KDD 2019
    """
    expected = [sum(observed) * share for share in shares]
    if len(expected) < 2 or min(expected) < LEAST_EXPECTED:
        return None
    terms = ((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True))
    return float(chdtrc(len(expected) - 1, sum(terms)))


@dataclass(frozen=True)
class Evidence:
    """What the gate looks at: the relative lift, its interval, and the guards."""

    value: float | None
    low: float | None
    high: float | None
    guards: bool  # all of them hold


def gate(evidence: Evidence, threshold: float) -> str:
    """Whether to roll out: the first of the answers that fits.

    Order: not_decidable (a guard failed, or no interval); roll_out (low > threshold);
        stop (high < threshold: works_below_target where low > 0, harmful where high <
        0); lean (value > threshold and low > 0); keep_piloting.
    """
    value, low, high = evidence.value, evidence.low, evidence.high
    if not evidence.guards or value is None or low is None or high is None:
        return "not_decidable"
    if low > threshold:
        return "roll_out"
    if high < threshold:
        return _stop(low, high)
    return "lean" if value > threshold and low > 0 else "keep_piloting"


def _stop(low: float, high: float) -> str:
    if low > 0:
        return "works_below_target"
    return "harmful" if high < 0 else "stop"


def roi(incremental: float | None, cost: float | None) -> float | None:
    """What is left of each unit of cost: (incremental margin - cost) / cost."""
    if incremental is None or not cost:
        return None
    return (incremental - cost) / cost
