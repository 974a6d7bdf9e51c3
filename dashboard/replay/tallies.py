"""Sums of vectors by cell, exact and only of the cells in which there is something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from dashboard.replay.tracks import Vector

DENSE = 1 << 21
"""Up to so many possible cells are counted in an array with a place for each."""

EXACT = float(1 << 52)
LIMB = 26
"""Sums of doubles are exact below 2**53; larger money is summed in two parts."""

NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Grouping:
    """Which of the entries of a vector are in one cell, for one sum after the other."""

    codes: Vector
    present: Vector | None

    @classmethod
    def of(cls, codes: Vector, possible: int) -> Grouping:
        """Group by codes below a number."""
        if possible <= DENSE:
            return cls(codes, None)
        present, codes = np.unique(codes, return_inverse=True)
        return cls(codes, present)

    def count(self) -> Vector:
        """How many entries each cell has."""
        return np.bincount(self.codes)

    def total(self, values: Vector) -> Vector:
        """The sum of whole numbers, as doubles, by cell."""
        return np.bincount(self.codes, values)

    def unpacked(
        self, flags: Sequence[str], everybody: str | None = None
    ) -> tuple[Grouping, dict[str, Vector]]:
        """Of codes whose last bits are flags: by the rest, how many have each one set."""
        counts, bits = self.count(), len(flags)
        some = np.flatnonzero(counts)
        counts, codes = counts[some], self.cells(some)
        present, place = np.unique(codes >> bits, return_inverse=True)
        sums = {
            name: np.bincount(place, counts * (codes >> bit & 1))
            for bit, name in enumerate(flags)
        }
        if everybody is not None:
            sums[everybody] = np.bincount(place, counts)
        return Grouping(place, present), sums

    def money(self, whole: Vector) -> tuple[Vector, Vector]:
        """The exact sum of whole numbers of any size: its high part, its low part."""
        if np.abs(whole).sum(dtype=np.float64) < EXACT:
            return NOTHING, self.total(whole)
        return self.total(whole >> LIMB), self.total(whole & ((1 << LIMB) - 1))

    def cells(self, places: Vector) -> Vector:
        """The codes that stand at places of a sum."""
        return places if self.present is None else self.present[places]


@dataclass
class Tally:
    """Rows of sums gathered over windows and customers, to be summed once more."""

    keys: Sequence[str]
    names: Sequence[str]
    _parts: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self, keys: Mapping[str, int], grouping: Grouping, sums: Mapping[str, Vector]
    ) -> None:
        """Keep the cells in which any sum is not zero."""
        some = np.flatnonzero(_any(list(sums.values())))
        told = {name: _taken(sums.get(name, NOTHING), some) for name in self.names}
        frame = pl.DataFrame({"cell": grouping.cells(some).astype(np.int64), **told})
        given = [pl.lit(value, pl.Int32).alias(name) for name, value in keys.items()]
        self._parts.append(frame.with_columns(given))

    def rows(self) -> pl.DataFrame:
        """What was gathered."""
        schema = {"cell": pl.Int64} | dict.fromkeys(self.names, pl.Int64)
        keys = dict.fromkeys(self.keys, pl.Int32)
        return pl.concat([pl.DataFrame(schema=schema | keys), *self._parts])


def _any(sums: Sequence[Vector]) -> Vector:
    some = np.zeros(max(map(len, sums)), np.bool_)
    for each in sums:
        some[: len(each)] |= each != 0
    return some


def _taken(total: Vector, places: Vector) -> Vector:
    """The sums at some places as whole numbers; those that were not made are zero."""
    if len(total):
        return total[places].astype(np.int64)
    return np.zeros(len(places), np.int64)
