"""Exact sums of vectors by cell, of the cells in which there is something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from dashboard.replay.tracks import Vector

EXACT = float(1 << 52)
LIMB = 26
"""Sums of doubles are exact below 2**53; larger money is summed in two parts."""

NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Cubes:
    """Which cell of each cube a combination of all attributes belongs to.

    A customer has one combination, and so is in one cell of each cube.
    """

    combinations: int
    cells: int
    belongs: Sequence[Vector]

    def grouping(self, combinations: Vector) -> Grouping:
        """Vectors of customers with these combinations, to be summed by cell."""
        if len(combinations) > self.combinations:
            return Grouping(self, (combinations,), self.belongs)
        return Grouping(self, [each[combinations] for each in self.belongs], ())


@dataclass(frozen=True)
class Grouping:
    """Sums by cell: at once, or by combination first where these are the fewer."""

    cubes: Cubes
    codes: Sequence[Vector]
    further: Sequence[Vector]

    def count(self, some: Vector | None = None) -> Vector:
        """How many customers are in each cell, or how many of some of them."""
        chosen = [codes if some is None else codes[some] for codes in self.codes]
        return self._rolled([self._binned(codes, None) for codes in chosen])

    def total(self, values: Vector) -> Vector:
        """The sum of whole numbers by cell, as doubles."""
        return self._rolled([self._binned(codes, values) for codes in self.codes])

    def money(self, whole: Vector) -> tuple[Vector, Vector]:
        """The exact sum of whole numbers of any size: its high part, its low part."""
        if np.abs(whole).sum(dtype=np.float64) < EXACT:
            return NOTHING, self.total(whole)
        return self.total(whole >> LIMB), self.total(whole & ((1 << LIMB) - 1))

    def _binned(self, codes: Vector, values: Vector | None) -> Vector:
        most = self.cubes.combinations if self.further else self.cubes.cells
        return np.bincount(codes, values, minlength=most)

    def _rolled(self, sums: Sequence[Vector]) -> Vector:
        """Sums by cell, out of those by combination where that is what there is."""
        cells = self.cubes.cells
        if self.further:
            (fine,) = sums
            sums = [np.bincount(each, fine, minlength=cells) for each in self.further]
        rolled: Vector = np.add.reduce(sums)
        return rolled


@dataclass
class Tally:
    """Rows of sums gathered over dates and windows, by cell."""

    keys: Sequence[str]
    names: Sequence[str]
    _parts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, keys: Mapping[str, int], sums: Mapping[str, Vector]) -> None:
        """Keep the cells in which any sum is not zero."""
        some = np.flatnonzero(_any(list(sums.values())))
        told = {name: _taken(sums.get(name, NOTHING), some) for name in self.names}
        frame = pl.DataFrame({"cell": some, **told})
        given = [pl.lit(value, pl.Int32).alias(name) for name, value in keys.items()]
        self._parts.append(frame.with_columns(given))

    def take(self) -> pl.DataFrame:
        """What was gathered since the last time."""
        names = dict.fromkeys(("cell", *self.names), pl.Int64)
        schema = names | dict.fromkeys(self.keys, pl.Int32)
        rows = pl.concat([pl.DataFrame(schema=schema), *self._parts])
        self._parts.clear()
        return rows


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
