"""Random numbers that depend on the seed, the chunk and the topic, on nothing else."""

from zlib import crc32

import numpy as np

Dice = np.random.Generator
COMPANY = 0  # the chunk number of what exists once: stores, campaigns, spend


def dice(seed: int, chunk: int, topic: str) -> Dice:
    """Give a generator of its own to each topic, so that one can change alone."""
    return np.random.default_rng([seed, chunk, crc32(topic.encode())])
