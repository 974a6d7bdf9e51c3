"""How numbers become the names that an extract shows."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from data.sample.arrays import Days, blank_unless

NOBODY = -1


def numbered(prefix: str, numbers: Days, width: int) -> pl.Series:
    """Name things S001, S002, ... from 0-based numbers; a negative one has no name.

    Numbers that recur are named once and looked up.
    """
    first = max(int(numbers.min(initial=0)), 0)
    span = int(numbers.max(initial=-1)) + 1 - first
    if span >= len(numbers):
        return blank_unless(numbers >= 0, _names(prefix, numbers, width))
    names = _names(prefix, first + np.arange(span), width)
    return _looked_up(names, np.where(numbers < 0, span, numbers - first))


def _names(prefix: str, numbers: Days, width: int) -> pl.Series:
    if numbers.max(initial=0) + 1 >= 10**width:
        return prefix + pl.Series(numbers + 1).cast(pl.String).str.zfill(width)
    text = np.full((len(numbers), len(prefix) + width), ord(prefix), dtype=np.uint8)
    rest = np.maximum(numbers + 1, 0).astype(np.uint32)
    for place in range(width, 0, -1):
        rest, text[:, place] = np.divmod(rest, np.uint32(10))
    text[:, 1:] += ord("0")
    ends = np.arange(len(numbers) + 1) * text.shape[1]
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(text)]
    names = pa.Array.from_buffers(pa.large_string(), len(numbers), buffers)
    return pl.Series(names)


def _looked_up(names: pl.Series, positions: Days) -> pl.Series:
    """Look up names by position; the one after the last has none."""
    none = pl.Series([None], dtype=pl.String)
    return pl.concat([names, none], rechunk=True)[positions]


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
    return _looked_up(pl.Series(names, dtype=pl.String), known)
