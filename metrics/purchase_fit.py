"""Fit a purchase model by maximum likelihood, and say whether it can be trusted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

from data.schemas.cells import Triples
from metrics.likelihood import Array, Objective, best_start, maximum
from metrics.purchase_models import MODELS, Histories, PurchaseModel

STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 8.0, 0.5, 2.0), (2.0, 20.0, 2.0, 8.0))
ENOUGH = 20_000


@dataclass(frozen=True)
class PurchaseFit:
    """A fitted model: `theta` holds the logarithms of its parameters (weeks)."""

    model: str
    theta: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    customers: int
    triples: int
    reason: str | None

    @property
    def converged(self) -> bool:
        """Whether the likelihood has a proper maximum and it was found."""
        return self.reason is None

    @property
    def kind(self) -> PurchaseModel:
        """The model that was fitted."""
        return MODELS[self.model]

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name, time in weeks."""
        values = map(float, np.exp(self.theta))
        return dict(zip(self.kind.parameters, values, strict=True))


def triples(customers: pl.LazyFrame) -> DataFrame[Triples]:
    """Count the customers of each distinct history: frequency, recency, T in days."""
    key = ("frequency", "recency", "T")
    counted = customers.group_by(key).agg(pl.len().cast(pl.Int64).alias("customers"))
    return Triples.validate(counted.sort(key).collect())


def fit(histories: DataFrame[Triples], *, model: str = "mbgnbd") -> PurchaseFit:
    """Maximum likelihood over distinct histories, from three starts.

    Large inputs look for the starting point on a systematic part of the histories and
    finish on all of them.
    """
    kind, seen = MODELS[model], Histories.of(histories)
    if not seen.x.size:
        return _nothing(kind)
    part = seen.at(np.arange(0, seen.x.size, max(1, seen.x.size // ENOUGH)))
    found = maximum(_objective(kind, seen), best_start(_objective(kind, part), STARTS))
    people = int(seen.customers.sum())
    return PurchaseFit(
        model=model,
        theta=tuple(map(float, found.theta)),
        covariance=_rows(np.linalg.pinv(found.hessian * people, hermitian=True)),
        log_likelihood=-found.loss * people,
        customers=people,
        triples=seen.x.size,
        reason=found.reason,
    )


def _objective(kind: PurchaseModel, seen: Histories) -> Objective:
    share = seen.customers / seen.customers.sum()

    def objective(theta: Array) -> tuple[float, Array]:
        ll, gradient = kind.log_likelihood(theta, seen)
        return -float(share @ ll), -(gradient @ share)

    return objective


def _rows(square: NDArray[np.floating[Any]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in square)


def _nothing(kind: PurchaseModel) -> PurchaseFit:
    unknown = np.full((len(kind.parameters),) * 2, np.nan)
    theta = tuple(map(float, unknown[0]))
    return PurchaseFit(
        kind.name, theta, _rows(unknown), float("nan"), 0, 0, reason="no buyers"
    )
