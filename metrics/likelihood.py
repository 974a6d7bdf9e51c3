"""Maximum likelihood in the logarithms of positive parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]
"""Minus the mean log-likelihood of a customer, and its gradient."""

BOUND = float(np.log(1e4))
FLAT = 1e-5


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is largest; `reason` says why it cannot be trusted."""

    theta: Array
    hessian: Array
    loss: float
    reason: str | None


def best_start(objective: Objective, starts: Sequence[Sequence[float]]) -> Array:
    """Climb from each start, in parameters, and keep the highest point."""
    found = [_descend(objective, np.log(start)) for start in starts]
    return min(found, key=lambda point: objective(point)[0])


def maximum(objective: Objective, start: Array) -> Maximum:
    """Climb from a start and finish by Newton steps.

    Not to be trusted: a parameter at a bound (1e-4, 1e4), a gradient above 1e-5, or a
    curvature that is not that of a maximum.
    """
    theta, hessian = _polish(objective, _descend(objective, start))
    loss, gradient = objective(theta)
    return Maximum(theta, hessian, loss, _trouble(theta, gradient, hessian))


def _descend(objective: Objective, start: Array) -> Array:
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * start.size,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
    return np.asarray(found.x)


def _polish(objective: Objective, theta: Array) -> tuple[Array, Array]:
    """Newton steps, so that the last digits do not depend on the way there."""
    hessian = _hessian(objective, theta)
    gradient = objective(theta)[1]
    for _ in range(8):
        step = np.linalg.pinv(hessian, hermitian=True) @ gradient
        ahead = np.clip(theta - np.clip(step, -1, 1), -BOUND, BOUND)
        next_gradient = objective(ahead)[1]
        if not np.linalg.norm(next_gradient) < np.linalg.norm(gradient):
            break
        theta, gradient = ahead, next_gradient
    return theta, hessian


def _hessian(objective: Objective, theta: Array, step: float = 1e-4) -> Array:
    moves = np.eye(theta.size) * step
    rows = [objective(theta + m)[1] - objective(theta - m)[1] for m in moves]
    square = np.array(rows) / (2 * step)
    return np.asarray((square + square.T) / 2)


def _trouble(theta: Array, gradient: Array, hessian: Array) -> str | None:
    if np.abs(theta).max() > BOUND - 1e-3:
        return "a parameter is at its bound"
    if not np.linalg.norm(gradient) < FLAT:
        return "the fit did not converge"
    if np.linalg.eigvalsh(hessian).min() <= 0:
        return "the likelihood has no proper maximum"
    return None
