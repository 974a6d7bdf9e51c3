"""The arrays that a company is drawn in, and how they become columns."""

import numpy as np
import numpy.typing as npt
import polars as pl

Days = npt.NDArray[np.int64]
Instants = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]


def blank_unless(known: Flags, values: pl.Series) -> pl.Series:
    """Leave blank what the company does not know."""
    return values.zip_with(pl.Series(known), pl.Series([None], dtype=values.dtype))


def ascending(numbers: Days) -> Days:
    """Order whole numbers from 0 to 2**32 - 1, equal ones as they stand.

    A radix sort by two digits of 16 bits: a few times faster than comparing.
    """
    order: Days = np.argsort(numbers.astype(np.uint16), kind="stable")
    if numbers.max(initial=0) >= 2**16:
        high = (numbers >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order
