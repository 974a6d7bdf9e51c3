"""Fit a purchase model by maximum likelihood, and say whether it can be trusted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

from data.schemas.cells import Triples
from metrics.likelihood import Array, Objective, Sums, best_start, maximum, systematic
from metrics.purchase_models import MODELS, Histories, PurchaseModel

STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 8.0, 0.5, 2.0), (2.0, 20.0, 2.0, 8.0))
KEY = ("frequency", "recency", "T")
MANY_DAYS = 2**20
FREQUENCY, RECENCY, AGE = (pl.col(name).cast(pl.Int64) for name in KEY)
PACKED = (FREQUENCY * MANY_DAYS + RECENCY) * MANY_DAYS + AGE
"""A history as one whole number, which sorts it the quickest."""


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
    runs = customers.select(PACKED.sort().rle().alias("run")).unnest("run")
    counted = runs.select(
        (pl.col("value") // MANY_DAYS**2).alias("frequency"),
        (pl.col("value") // MANY_DAYS % MANY_DAYS).alias("recency"),
        (pl.col("value") % MANY_DAYS).alias("T"),
        pl.col("len").cast(pl.Int64).alias("customers"),
    )
    return Triples.validate(counted.collect())


def fit(histories: DataFrame[Triples], *, model: str = "mbgnbd") -> PurchaseFit:
    """Maximum likelihood over distinct histories, from three starts.

    Large inputs look for the starting point on a systematic part of the histories and
    finish on all of them.
    """
    kind, seen = MODELS[model], Histories.of(_in_order(histories))
    if not seen.x.size:
        return _nothing(kind)
    part = seen.at(systematic(seen.x.size))
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


def _in_order(histories: pl.DataFrame) -> pl.DataFrame:
    """Sorted, as sums depend on it in their last digits; mostly they are."""
    sorted_already = histories.select(PACKED).to_series().is_sorted()
    return histories if sorted_already else histories.sort(KEY)


def _objective(kind: PurchaseModel, seen: Histories) -> Objective:
    people = float(seen.customers.sum())

    def objective(theta: Array) -> Sums:
        ll, gradient, curvature = kind.log_likelihood(theta, seen)
        return -ll / people, -gradient / people, -curvature / people

    return objective


def _rows(square: NDArray[np.floating[Any]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in square)


def _nothing(kind: PurchaseModel) -> PurchaseFit:
    unknown = np.full((len(kind.parameters),) * 2, np.nan)
    theta = tuple(map(float, unknown[0]))
    return PurchaseFit(
        kind.name, theta, _rows(unknown), float("nan"), 0, 0, reason="no buyers"
    )
