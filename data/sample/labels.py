"""How numbers become the names that an extract shows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from data.sample.seasons import Days

NOBODY = -1

Flags = npt.NDArray[np.bool_]


def blank_unless(known: Flags, values: pl.Series) -> pl.Series:
    """Leave blank what the company does not know."""
    return values.zip_with(pl.Series(known), pl.Series([None], dtype=values.dtype))


def numbered(prefix: str, numbers: Days, width: int) -> pl.Series:
    """Name things S001, S002, ... from 0-based numbers; a negative one has no name."""
    names = prefix + pl.Series(numbers + 1).cast(pl.String).str.zfill(width)
    return blank_unless(numbers >= 0, names)


def customer_ids(numbers: Days) -> pl.Series:
    """C0000001, C0000002, ..."""
    return numbered("C", numbers, 7)


def store_ids(numbers: Days) -> pl.Series:
    """S001, S002, ..."""
    return numbered("S", numbers, 3)


def employee_ids(numbers: Days) -> pl.Series:
    """E0001, E0002, ..."""
    return numbered("E", numbers, 4)


def order_ids(numbers: Days) -> pl.Series:
    """O00000001, O00000002, ..."""
    return numbered("O", numbers, 8)


def chosen(names: Sequence[str], positions: Days) -> pl.Series:
    """Look up names by position; a negative position has none."""
    known = np.where(positions < 0, len(names), positions)
    return pl.Series([*names, None], dtype=pl.String)[known]
