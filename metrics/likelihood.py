"""Maximum likelihood in the logarithms of positive parameters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sums = tuple[float, Array, Array]
"""A function's value, its gradient and its curvature (the second derivatives)."""

Objective = Callable[[Array], Sums]
"""Minus the mean log-likelihood of a customer."""

BOUND = float(np.log(1e4))
FLAT = 1e-5
ENOUGH = 5_000
SETTLED = 1e-9
STEPS, HALVINGS, LEAST_BEND = 200, 30, 1e-8
BLOCK = 8192
"""Rows that are summed at once, so that they stay in the processor's cache. Sums over
them are by einsum, which never divides the work among a machine's cores."""


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is largest; `reason` says why it cannot be trusted."""

    theta: Array
    hessian: Array
    loss: float
    reason: str | None


def blocks(size: int) -> Iterator[slice]:
    """Many rows, a few at a time."""
    for start in range(0, size, BLOCK):
        yield slice(start, start + BLOCK)


def systematic(size: int) -> slice:
    """Every so-manieth of many rows: enough of them to look for a start on."""
    return slice(0, size, max(1, size // ENOUGH))


def best_start(objective: Objective, starts: Sequence[Sequence[float]]) -> Array:
    """Climb from each start, in parameters, and keep the highest point."""
    found = [_descend(objective, np.log(start)) for start in starts]
    return min(found, key=lambda point: objective(point)[0])


def maximum(objective: Objective, start: Array) -> Maximum:
    """Newton steps from a start that is close; else climb from it, and finish by them.

    Not to be trusted: a parameter at a bound (1e-4, 1e4), a gradient above 1e-5, or a
    curvature that is not that of a maximum.
    """
    found = _polish(objective, start)
    if found.reason is None:
        return found
    return _polish(objective, _descend(objective, start))


def _descend(objective: Objective, theta: Array) -> Array:
    """Newton steps from afar: against the curvature's sign, and halved until lower."""
    here = objective(theta)
    for _ in range(STEPS):
        step = _downward(here)
        if np.linalg.norm(here[1]) < SETTLED:
            break
        for _ in range(HALVINGS):
            ahead = np.clip(theta - step, -BOUND, BOUND)
            there = objective(ahead)
            if there[0] < here[0]:
                break
            step = step / 2
        else:
            break
        theta, here = ahead, there
    return theta


def _downward(sums: Sums) -> Array:
    """The gradient over the size of the curvature, at most 1 in any direction."""
    _, gradient, hessian = sums
    bends, axes = np.linalg.eigh(hessian)
    step = axes @ (axes.T @ gradient / np.maximum(np.abs(bends), LEAST_BEND))
    return np.asarray(step / max(1.0, np.abs(step).max()))


def _polish(objective: Objective, theta: Array) -> Maximum:
    """Newton steps, so that the last digits do not depend on the way there."""
    loss, gradient, hessian = objective(theta)
    for _ in range(8):
        step = np.linalg.pinv(hessian, hermitian=True) @ gradient
        ahead = np.clip(theta - np.clip(step, -1, 1), -BOUND, BOUND)
        there = objective(ahead)
        if not np.linalg.norm(there[1]) < np.linalg.norm(gradient):
            break
        theta, (loss, gradient, hessian) = ahead, there
        if np.abs(step).max() < SETTLED:
            break
    return Maximum(theta, hessian, loss, _trouble(theta, gradient, hessian))


def _trouble(theta: Array, gradient: Array, hessian: Array) -> str | None:
    if np.abs(theta).max() > BOUND - 1e-3:
        return "a parameter is at its bound"
    if not np.linalg.norm(gradient) < FLAT:
        return "the fit did not converge"
    if np.linalg.eigvalsh(hessian).min() <= 0:
        return "the likelihood has no proper maximum"
    return None
