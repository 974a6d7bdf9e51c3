"""What a treatment adds: the difference of two means, absolute and relative.

Unknown is NaN here; it becomes null in the result frames. Everything takes numbers or
arrays of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from metrics.arms import Arm
from metrics.likelihood import Array

PLANNED = 5000
LEAST_SEQUENTIAL = 150
"""Members below which an always-valid interval is not shown."""


@dataclass(frozen=True)
class Lift:
    """A difference or a ratio, its interval and its p-value."""

    value: Array
    low: Array
    high: Array
    p_value: Array


def standard_error(treatment: Arm, control: Arm) -> Array:
    """The standard error of the difference; NaN where both variances are 0."""
    square = treatment.spread + control.spread
    return np.sqrt(np.where(square > 0, square, np.nan))


def freedom(treatment: Arm, control: Arm) -> Array:
    """The degrees of freedom of Welch and Satterthwaite."""
    with np.errstate(all="ignore"):
        one, two = treatment.spread, control.spread
        parts = one**2 / (treatment.n - 1) + two**2 / (control.n - 1)
        return np.asarray((one + two) ** 2 / parts)


def student(treatment: Arm, control: Arm, confidence: float = 0.95) -> Array:
    """How many standard errors an interval reaches that is read once."""
    return np.asarray(stdtrit(freedom(treatment, control), 0.5 + confidence / 2))


def always_valid(
    treatment: Arm,
    control: Arm,
    confidence: float = 0.95,
    planned: float = PLANNED,
) -> Array:
    """How many standard errors an interval reaches that may be read at any time.

    Formula: sqrt(N) sqrt(2 (N rho2 + 1) / (N^2 rho2) ln(sqrt(N rho2 + 1) / a)), with
        rho2 = (-2 ln a + ln(1 - 2 ln a)) / planned members; NaN for N below 150
    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit
        theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2024
    """
    alpha = 1 - confidence
    size = np.asarray(treatment.n + control.n, np.float64)
    size = np.where(size >= LEAST_SEQUENTIAL, size, np.nan)
    rho2 = (-2 * np.log(alpha) + np.log1p(-2 * np.log(alpha))) / planned
    grown = size * rho2 + 1
    inside = 2 * grown / (size * rho2) * np.log(np.sqrt(grown) / alpha)
    return np.asarray(np.sqrt(inside))


def absolute(treatment: Arm, control: Arm, reach: Array) -> Lift:
    """Treatment less control, with Welch's p-value.

    Formula: D = mt - mc, se = sqrt(st^2/nt + sc^2/nc), interval D -+ reach se
    Source: Welch, "The generalization of 'Student's' problem", Biometrika 34, 1947
    """
    value, error = treatment.mean - control.mean, standard_error(treatment, control)
    p_value = 2 * stdtr(freedom(treatment, control), -np.abs(value) / error)
    half = reach * error
    return Lift(value, value - half, value + half, np.asarray(p_value))


def relative(treatment: Arm, control: Arm, reach: Array) -> Lift:
    """Treatment over control, less 1; it agrees with the absolute interval.

    Formula: (R -+ reach / mc sqrt(ut (1 - g) + R^2 uc)) / (1 - g) - 1, R = mt / mc and
        g = reach^2 uc / mc^2; NaN unless mc > 0 and g < 1: control too close to zero
    Source: Fieller, "Some problems in interval estimation", JRSS B 16, 1954
    """
    with np.errstate(all="ignore"):
        mean = np.where(control.mean > 0, control.mean, np.nan)
        ratio = treatment.mean / mean
        g = reach**2 * control.spread / mean**2
        known = np.where((g < 1) & (treatment.spread + control.spread > 0), 1.0, np.nan)
        half = (
            reach
            / mean
            * np.sqrt(treatment.spread * (1 - g) + ratio**2 * control.spread)
        )
        low, high = ((ratio + side * half) / (1 - g) - 1 for side in (-1, 1))
    p_value = absolute(treatment, control, reach).p_value
    return Lift(np.asarray(ratio - 1), low * known, high * known, p_value)
