"""What was known of each customer on a cut, out of the tables that a refresh reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame

from dashboard import cells
from dashboard.churn.days import EPOCH, QUARTER, Known, PurchaseDays
from dashboard.healths import Signal
from data.marts import sql
from data.schemas.churn import ChurnFacts

YEAR = 365
DETRACTOR, DISSATISFIED = 6, 3
NEVER = 2**30
BY_ID = """
SELECT customer_key FROM profiles WHERE customer_key > 0
ORDER BY hash(customer_id), customer_id
"""


@dataclass(frozen=True)
class Sources:
    """The events behind the facts; `order` is one of customers by their ids alone."""

    days: PurchaseDays
    signals: Mapping[str, Signal]
    complaints: pl.DataFrame
    points: pl.DataFrame
    order: NDArray[np.int32]
    resolve_days: int

    @classmethod
    def read(
        cls,
        connection: DuckDBPyConnection,
        signals: Mapping[str, Signal],
        resolve_days: int,
    ) -> Sources:
        """Read them from the input tables and from what is kept already."""
        return cls(
            PurchaseDays.read(connection),
            signals,
            cells.frame(connection, sql("churn_complaints")),
            cells.frame(connection, sql("churn_points")),
            cells.frame(connection, BY_ID)["customer_key"].to_numpy(),
            resolve_days,
        )


@dataclass(frozen=True)
class Cut:
    """Customers as of a cut: their facts, numbers, and everybody's usual gap."""

    day: date
    known: Known
    facts: DataFrame[ChurnFacts]
    keys: NDArray[np.int32]

    def histories(self) -> pl.DataFrame:
        """The purchase histories of all customers, not of the year's alone."""
        some = np.flatnonzero(self.known.days)
        return pl.DataFrame(_history(self.known, some))


def cut(sources: Sources, day: date, horizon_days: int | None) -> Cut:
    """The facts of a day; with a horizon, also who bought no more within it."""
    number = (day - EPOCH).days
    known = sources.days.known(number)
    keys = sources.order[known.population[sources.order]]
    columns = {
        **_history(known, keys),
        **_rhythm(known, keys),
        **_told(sources, number, keys),
        "churned": _outcome(sources, number, keys, horizon_days),
    }
    return Cut(day, known, ChurnFacts.validate(pl.DataFrame(columns)), keys)


def _history(known: Known, keys: NDArray[np.integer]) -> dict[str, pl.Series]:
    first, last = known.first[keys], known.last[keys]
    columns = {
        "frequency": known.days[keys] - 1,
        "recency": last - first,
        "T": known.cut - first,
    }
    return {name: pl.Series(each, dtype=pl.Int64) for name, each in columns.items()}


def _rhythm(known: Known, keys: NDArray[np.int32]) -> dict[str, pl.Series]:
    return {
        "gaps": pl.Series(known.days[keys] - 1, dtype=pl.Int64),
        "own_gap": pl.Series(known.own_gap[keys]).fill_nan(None),
        "bought": pl.Series(known.bought[keys]),
        "bought_before": pl.Series(known.bought_before[keys]),
    }


def _told(sources: Sources, cut: int, keys: NDArray[np.int32]) -> dict[str, pl.Series]:
    """What other tables than orders tell; null where there is no such table."""
    signals, people = sources.signals, sources.days.people
    touches, scores = signals["engagement"], signals["nps"]
    rated = signals["satisfaction"]
    now, before = ((cut - k * QUARTER, cut - (k - 1) * QUARTER) for k in (1, 2))
    told = {
        "touched": (_count(touches, now, people), touches.n.size),
        "touched_before": (_count(touches, before, people), touches.n.size),
        "complaints": (_complaints(sources, cut), sources.complaints.height),
        "detractor": (_last_below(scores, DETRACTOR + 0.5, cut, people), scores.n.size),
        "dissatisfied": (_last_below(rated, DISSATISFIED, cut, people), rated.n.size),
        "expiring": (_expiring(sources, cut), sources.points.height),
    }
    return {name: _known(each, keys, rows) for name, (each, rows) in told.items()}


def _known(
    values: NDArray[np.generic], keys: NDArray[np.int32], rows: int
) -> pl.Series:
    found = pl.Series(values[keys])
    return found if rows else pl.Series([None] * len(keys), dtype=found.dtype)


def _count(signal: Signal, between: tuple[int, int], people: int) -> NDArray[np.int64]:
    low, high = np.searchsorted(signal.day, between, side="right")
    some = slice(int(low), int(high))
    counted = np.bincount(signal.customer[some], signal.n[some], minlength=people)
    return counted.astype(np.int64)


def _last_below(
    signal: Signal, limit: float, cut: int, people: int
) -> NDArray[np.bool_]:
    """Whether the last answer of the year was below a limit; no answer is not."""
    low, high = np.searchsorted(signal.day, (cut - YEAR, cut), side="right")
    some = slice(int(low), int(high))
    last = np.full(people, np.inf)
    last[signal.customer[some]] = signal.total[some] / signal.n[some]
    return np.asarray(last < limit)


def _complaints(sources: Sources, cut: int) -> NDArray[np.int64]:
    """Complaints of the year that are open, or were resolved late."""
    rows = sources.complaints
    opened = rows["opened_on"].to_physical().to_numpy()
    resolved = rows["resolved_on"].to_physical().fill_null(NEVER).to_numpy()
    bad = (resolved > cut) | (resolved - opened > sources.resolve_days)
    seen = (opened <= cut) & (opened > cut - YEAR) & bad
    return np.bincount(
        rows["customer_key"].to_numpy()[seen], minlength=sources.days.people
    )


def _expiring(sources: Sources, cut: int) -> NDArray[np.int64]:
    """Points that lapse within 90 days: the oldest are spent first.

    What is left, less all that lasts longer.
    """
    rows = sources.points
    lasts = rows["lasts_until"].to_physical().fill_null(NEVER).to_numpy()
    earned = rows["earned"].to_numpy() == 1
    seen = rows["occurred_on"].to_physical().to_numpy() <= cut
    seen &= ~(earned & (lasts > cut + QUARTER))
    keys, points = (
        rows["customer_key"].to_numpy()[seen],
        rows["points"].to_numpy()[seen],
    )
    found = np.bincount(keys, points, minlength=sources.days.people)
    return np.maximum(found, 0).astype(np.int64)


def _outcome(
    sources: Sources, cut: int, keys: NDArray[np.int32], horizon_days: int | None
) -> pl.Series:
    if horizon_days is None:
        return pl.Series([None] * len(keys), dtype=pl.Boolean)
    later = sources.days.known(cut + horizon_days)
    return pl.Series(later.last[keys] <= cut)
