"""Customers' purchase days as they were known on a cut: rhythm, and what is recent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from dashboard import cells
from data.marts import sql
from data.schemas.cells import Durations
from metrics.repurchase import kaplan_meier, median_days

Whole = NDArray[np.int64]
EPOCH = date(1970, 1, 1)
BITS = 20
"""A day or a number of days takes so many bits beside the customer's number."""

BEFORE = -1
QUARTER = 90


@dataclass(frozen=True)
class PurchaseDays:
    """All purchase days and when each is known to be one, by customers' numbers."""

    packed: Whole
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    people: int
    told: dict[int, Known] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: DuckDBPyConnection) -> PurchaseDays:
        """The purchase days of everybody, in the order of customers and days."""
        rows = cells.frame(connection, sql("churn_days"))
        key, day, starts, ends = (
            rows[c].to_physical().to_numpy() for c in rows.columns
        )
        packed = (key.astype(np.int64) << BITS) | day
        if not (packed[1:] >= packed[:-1]).all():
            order = np.argsort(packed, kind="stable")
            packed, starts, ends = packed[order], starts[order], ends[order]
        top = connection.execute("SELECT MAX(customer_key) FROM profiles").fetchall()
        return cls(packed, starts, ends, int(top[0][0]) + 1)

    def known(self, cut: int) -> Known:
        """What was known on a cut, a day since 1970."""
        if cut not in self.told:
            day = self.packed & ((1 << BITS) - 1)
            seen = (self.starts <= cut) & (self.ends > cut) & (day <= cut)
            self.told[cut] = Known.of(self.packed[seen], cut, self.people)
        return self.told[cut]


@dataclass(frozen=True)
class Known:
    """Per customer's number: purchase days, the first, the last, and the rhythm."""

    days: Whole
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    bought: Whole
    bought_before: Whole
    own_gap: NDArray[np.float64]
    gaps_by_size: Whole
    cut: int

    @classmethod
    def of(cls, packed: Whole, cut: int, people: int) -> Known:
        """Out of customers and days in one number, in order."""
        key, day = packed >> BITS, (packed & ((1 << BITS) - 1)).astype(np.int32)
        first, last = (np.full(people, BEFORE, np.int32) for _ in range(2))
        last[key] = day
        first[key[::-1]] = day[::-1]
        inside = np.flatnonzero(key[1:] == key[:-1])
        gap = np.diff(day)[inside]
        return cls(
            np.bincount(key, minlength=people),
            first,
            last,
            np.bincount(key[day > cut - QUARTER], minlength=people),
            np.bincount(
                key[(day > cut - 2 * QUARTER) & (day <= cut - QUARTER)],
                minlength=people,
            ),
            _medians(key[1:][inside], gap, people),
            np.bincount(gap),
            cut,
        )

    @property
    def population(self) -> NDArray[np.bool_]:
        """Who bought in the year to the cut."""
        return np.asarray(self.last > self.cut - 365)

    @property
    def usual_gap(self) -> float | None:
        """The median of everybody's gaps; those that are open count up to the cut."""
        waits = np.bincount(self.cut - self.last[self.last != BEFORE])
        both = [_durations(self.gaps_by_size, ended=True), _durations(waits)]
        return median_days(kaplan_meier(Durations.validate(pl.concat(both).lazy())))


def _durations(counts: Whole, *, ended: bool = False) -> pl.DataFrame:
    days = np.flatnonzero(counts)
    told: dict[str, Any] = {"days": days, "customers": counts[days]}
    return pl.DataFrame(told).with_columns(pl.lit(ended).alias("ended"))


def _medians(key: Whole, gap: NDArray[np.int32], people: int) -> NDArray[np.float64]:
    """The median gap of each customer; not a number where there is none."""
    packed = np.sort((key << BITS) | gap)
    sizes = np.bincount(key, minlength=people)
    some = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[some]
    values = packed & ((1 << BITS) - 1)
    low, high = ((sizes[some] - odd) // 2 for odd in (1, 0))
    found = np.full(people, np.nan)
    found[some] = (values[starts + low] + values[starts + high]) / 2
    return found
