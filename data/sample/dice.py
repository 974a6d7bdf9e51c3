"""Random numbers that depend on the seed, the chunk and the topic, on nothing else."""

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

Dice = np.random.Generator
Shares = Sequence[float] | npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
COMPANY = 0  # the chunk number of what exists once: stores, campaigns, spend


def dice(seed: int, chunk: int, topic: str) -> Dice:
    """Give a generator of its own to each topic, so that one can change alone."""
    return np.random.default_rng([seed, chunk, crc32(topic.encode())])


def pick(size: int, shares: Shares, rng: Dice) -> Places:
    """Draw places, each as often as its share says."""
    return _placed(rng.random(size), shares)


def pick_by(kind: Places, shares: Iterable[Shares], rng: Dice) -> Places:
    """Draw a place for each kind, by the shares of that kind."""
    drawn = rng.random(len(kind))
    place = np.zeros(len(kind), dtype=np.int64)
    for number, each in enumerate(shares):
        mine = np.flatnonzero(kind == number)
        place[mine] = _placed(drawn[mine], each)
    return place


def _placed(drawn: npt.NDArray[np.float64], shares: Shares) -> Places:
    place = np.zeros(len(drawn), dtype=np.int8)
    for limit in np.cumsum(shares)[:-1]:
        place += drawn > limit
    return place.astype(np.int64)
