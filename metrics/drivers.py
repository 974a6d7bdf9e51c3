"""Which dimension of service goes with the recommendation?"""

from collections.abc import Iterator
from itertools import combinations
from math import factorial
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import Answers
from metrics.estimates import CONFIDENCE
from metrics.frames import Drivers
from metrics.likelihood import Array
from metrics.satisfaction import DIMENSIONS

Counts = NDArray[np.int64]

RESAMPLES, BATCH = 1000, 100
MANY = 20_000
MIN_ANSWERS, PER_DIMENSION = 100, 20
UNANSWERED = "nobody rated it, or all the same"
FEW = "n too small"
ALIKE = "all scores are the same"
UNEXPLAINED = "the dimensions do not explain the score"


def satisfaction_drivers(
    answers: LazyFrame[Answers], *, confidence: float = CONFIDENCE
) -> DataFrame[Drivers]:
    """Satisfaction drivers: how much each dimension explains of the score.

    Formula: Shapley share of R^2 of the score on the five dimensions; performance is
        the dimension's mean. Complete answers only; association, not cause
    Interval: bootstrap over customers, 1000 times, 95%; of more than 20,000 customers
        the resampled sums are drawn from their normal limit
    Grain: one row per dimension: dimension, importance, ci_low, ci_high, phi (its part
        of R^2), performance, n, dropped, r2, hidden, reason
    Units: share, 0 to 1; performance in points, 1 to 5
    Source: Lindeman, Merenda, Gold (1980); Groemping, The American Statistician 61(2),
        2007
    """
    columns = ("customer_id", "score", *DIMENSIONS)
    asked = answers.filter(pl.col("score").is_not_null()).select(columns).collect()
    rated = tuple(n for n in DIMENSIONS if asked.get_column(n).count() > 0)
    complete = asked.select("customer_id", "score", *rated).drop_nulls()
    used = _varying(complete, rated)
    dropped = asked.height - complete.height
    trouble = _too_little(complete, len(used))
    facts = _explained(complete, used, confidence) if trouble is None else None
    rows = [
        {
            "dimension": name,
            **_shares(facts, used, name),
            "performance": _mean(complete if name in rated else asked, name),
            "n": complete.height,
            "dropped": dropped,
            **_verdict(trouble, facts, known=name in used),
        }
        for name in DIMENSIONS
    ]
    return Drivers.validate(pl.DataFrame(rows, schema=Drivers.empty().schema))


class _Facts:
    """Parts of R^2 and their resamples, one column per dimension used."""

    def __init__(self, phi: Array, resampled: Array, confidence: float, n: int) -> None:
        tails = [(1 - confidence) / 2, (1 + confidence) / 2]
        self.phi, self.r2 = phi, float(phi.sum())
        self.importance = phi / phi.sum() if phi.sum() > 0 else phi
        totals = resampled.sum(axis=1)
        shares = resampled / np.where(totals > 0, totals, 1.0)[:, None]
        self.low, self.high = np.quantile(shares, tails, axis=0)
        chance = len(phi) / (n - 1)
        self.explains = float(np.quantile(totals, tails[0])) - chance > 0


def shapley(correlations: Array) -> Array:
    """Parts of R^2 from correlations, the score first; one matrix or a stack.

    phi_j = sum over the sets S without j of |S|! (p - |S| - 1)! / p! times what j adds
    to R^2(S); they sum to R^2.
    """
    size = correlations.shape[-1] - 1
    fits = {
        subset: _r2(correlations, subset)
        for count in range(size + 1)
        for subset in combinations(range(1, size + 1), count)
    }
    parts = [np.zeros(correlations.shape[:-2]) for _ in range(size)]
    for subset, j in _additions(size):
        count = len(subset)
        weight = factorial(count) * factorial(size - count - 1) / factorial(size)
        added = fits[tuple(sorted((*subset, j)))] - fits[subset]
        parts[j - 1] = parts[j - 1] + weight * added
    return np.stack(parts, axis=-1)


def _additions(size: int) -> Iterator[tuple[tuple[int, ...], int]]:
    everything = range(1, size + 1)
    for j in everything:
        others = [k for k in everything if k != j]
        for count in range(size):
            for subset in combinations(others, count):
                yield subset, j


def _r2(correlations: Array, subset: tuple[int, ...]) -> Array:
    chosen = list(subset)
    with_score = correlations[..., chosen, 0]
    inverse = np.linalg.pinv(correlations[..., chosen, :][..., chosen], hermitian=True)
    fitted = np.einsum("...i,...ij,...j->...", with_score, inverse, with_score)
    return np.asarray(fitted)


def _varying(answers: pl.DataFrame, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for n in names if answers.get_column(n).n_unique() > 1)


def _too_little(complete: pl.DataFrame, used: int) -> str | None:
    if complete.height < max(MIN_ANSWERS, PER_DIMENSION * used):
        return FEW
    return ALIKE if complete.get_column("score").n_unique() < 2 else None


def _explained(
    complete: pl.DataFrame, used: tuple[str, ...], confidence: float
) -> _Facts:
    products, counts = _products(complete, used)
    size = len(used) + 2
    phi = shapley(_correlations((counts @ products)[None], size))[0]
    rng = np.random.default_rng(crc32(repr(("satisfaction_drivers", used)).encode()))
    draw = _drawn if counts.sum() <= MANY else _drawn_at_the_limit
    resampled = [
        shapley(_correlations(draw(rng, products, counts), size))
        for _ in range(RESAMPLES // BATCH)
    ]
    return _Facts(phi, np.concatenate(resampled), confidence, complete.height)


def _drawn(rng: np.random.Generator, products: Array, counts: Counts) -> Array:
    """Sums over as many customers, drawn with replacement; a row per draw."""
    people = int(counts.sum())
    times = rng.multinomial(people, counts / people, size=BATCH)
    return np.asarray(times.astype(np.float64) @ products)


def _drawn_at_the_limit(
    rng: np.random.Generator, products: Array, counts: Counts
) -> Array:
    """The same for many customers: a sum of draws is normal, with their covariance."""
    total, people = counts @ products, counts.sum()
    centred = products - total / people
    spread = (centred * counts[:, None]).T @ centred
    values, axes = np.linalg.eigh(spread)
    root = axes * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(total + rng.standard_normal((BATCH, len(total))) @ root.T)


def _products(complete: pl.DataFrame, used: tuple[str, ...]) -> tuple[Array, Counts]:
    """Distinct sums of products of a customer's answers, and how many have each.

    Customers with the same sums are alike in every resample, so drawing the distinct
    ones by their counts is the same bootstrap, in far less work.
    """
    names = ["score", *used]
    values = [pl.col("one"), *(pl.col(name) for name in names)]
    sums = [
        (values[i] * values[j]).sum().alias(f"{i}-{j}")
        for i in range(len(values))
        for j in range(i, len(values))
    ]
    answers = complete.with_columns(pl.lit(1, pl.Int64).alias("one"))
    per_customer = answers.group_by("customer_id").agg(sums).drop("customer_id")
    keys = per_customer.columns
    distinct = per_customer.group_by(keys).agg(pl.len().alias("people")).sort(keys)
    counts = distinct.get_column("people").cast(pl.Int64).to_numpy()
    return np.asarray(distinct.select(keys).cast(pl.Float64).to_numpy()), counts


def _correlations(sums: Array, size: int) -> Array:
    """Correlation matrices from rows of sums of products; 0 where nothing varies."""
    square = np.zeros((len(sums), size, size))
    upper = np.triu_indices(size)
    square[:, upper[0], upper[1]] = sums
    square[:, upper[1], upper[0]] = sums
    n, totals = square[:, :1, :1], square[:, 0, 1:]
    centred = square[:, 1:, 1:] - totals[:, :, None] * totals[:, None, :] / n
    scale = np.sqrt(np.maximum(np.einsum("bii->bi", centred), 0.0))
    divisor = scale[:, :, None] * scale[:, None, :]
    found = np.divide(
        centred, divisor, out=np.zeros_like(centred), where=divisor > 1e-9
    )
    diagonal = np.arange(size - 1)
    found[:, diagonal, diagonal] = 1.0
    return np.asarray(found)


def _shares(
    facts: _Facts | None, used: tuple[str, ...], name: str
) -> dict[str, float | None]:
    columns = ("importance", "ci_low", "ci_high", "phi")
    if facts is None or name not in used or not facts.explains:
        return dict.fromkeys(columns)
    at = used.index(name)
    found = (facts.importance, facts.low, facts.high, facts.phi)
    return {column: float(row[at]) for column, row in zip(columns, found, strict=True)}


def _verdict(
    trouble: str | None, facts: _Facts | None, *, known: bool
) -> dict[str, object]:
    unexplained = None if facts is None or facts.explains else UNEXPLAINED
    reason = (None if known else UNANSWERED) or trouble or unexplained
    r2 = None if facts is None else facts.r2
    return {"r2": r2, "hidden": reason is not None, "reason": reason}


def _mean(answers: pl.DataFrame, name: str) -> float | None:
    mean = answers.select(pl.col(name).cast(pl.Float64).mean()).item()
    return None if mean is None else float(mean)
