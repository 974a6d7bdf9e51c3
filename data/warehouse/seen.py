"""Which keys have probably come before, in bounded memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

BITS = 30  # 128 MB, of which only what is marked is used


class Seen:
    """Remembers hashes as bits of one long row, a Bloom filter with one hash.

    It may take a new key for one that came before, and forget some that did: whoever
    asks may be slower for a wrong answer, but not wrong.
    """

    def __init__(self) -> None:
        self._bits: npt.NDArray[np.uint8] | None = None

    def again(self, hashes: pl.Series, *, more: bool) -> pl.Series:
        """Whether each is there twice, or was there earlier.

        Where `more` will be asked for, all of them are there from now on.
        """
        repeated = hashes.is_duplicated()  # a correction leaves with what it corrects
        if self._bits is None:
            if not more:
                return repeated
            self._bits = np.zeros(1 << (BITS - 3), dtype=np.uint8)
        places = hashes.to_numpy() >> np.uint64(64 - BITS)
        bytes_, bits = places >> np.uint64(3), np.uint8(1) << (places & 7).astype("u1")
        before = (self._bits[bytes_] & bits) != 0
        self._bits[bytes_] |= bits
        return repeated | pl.Series(before)
