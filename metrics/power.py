"""How many members a test needs, and what it could find with those it has."""

import math

import numpy as np
from scipy.special import ndtri

from metrics.arms import Arm

POWER = 0.8


def per_arm(share: float, lift: float, *, alpha: float = 0.05) -> int:
    """Members per arm to find a relative lift of a share, with arms of one size.

    Formula: (z_a/2 sqrt(2 pb (1 - pb)) + z_b sqrt(p (1 - p) + p1 (1 - p1)))^2 /
        (p1 - p)^2, p1 = p (1 + lift), pb their mean; power 80%
    Source: Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 2003
    """
    other = share * (1 + lift)
    mean = (share + other) / 2
    null = math.sqrt(2 * mean * (1 - mean))
    both = math.sqrt(share * (1 - share) + other * (1 - other))
    root = float(ndtri(1 - alpha / 2) * null + ndtri(POWER) * both)
    return math.ceil((root / (other - share)) ** 2)


def for_more_than(
    share: float, threshold: float, lift: float, *, alpha: float = 0.05
) -> int:
    """Members per arm to show more than a threshold where the truth is a larger lift.

    Formula: (z_a/2 + z_b)^2 (p1 (1 - p1) + (1 + tau)^2 p (1 - p)) /
        (p1 - (1 + tau) p)^2
    """
    other = share * (1 + lift)
    spread = other * (1 - other) + (1 + threshold) ** 2 * share * (1 - share)
    return math.ceil(
        reach(alpha) ** 2 * spread / (other - (1 + threshold) * share) ** 2
    )


def reach(alpha: float = 0.05) -> float:
    """The two quantiles that a sample size rests on: z_a/2 + z_b."""
    return float(ndtri(1 - alpha / 2) + ndtri(POWER))


def detectable(treatment: Arm, control: Arm, *, alpha: float = 0.05) -> float:
    """The smallest difference that the members there are would find; NaN of nobody."""
    error = np.sqrt(treatment.spread + control.spread)
    return reach(alpha) * float(error.item())


def unequal(
    variances: tuple[float, float], difference: float, k: float, *, alpha: float = 0.05
) -> tuple[int, int]:
    """Members of treatment and control to find a difference, k = nt / nc.

    Formula: nc = (z_a/2 + z_b)^2 (st^2 / k + sc^2) / D^2, nt = k nc
    """
    treatment, control = variances
    least = reach(alpha) ** 2 * (treatment / k + control) / difference**2
    return math.ceil(k * least), math.ceil(least)
