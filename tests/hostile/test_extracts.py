"""Hostile extracts made at random, and an oracle that knows what becomes of each row.

The oracle is written from docs/inputs.md. It knows the meaning of every cell before
the cell is written, so that it never reads a file and shares no code with the product.
A case is made from its number alone. The few of the fast suite, all, and one of them:

    .venv/bin/python -m pytest -q -n0 tests/hostile
    .venv/bin/python -m pytest -q -n0 tests/hostile -m "slow or not slow"
    .venv/bin/python -m pytest -q -n0 tests/hostile -m "slow or not slow" -k "[137]"

HOSTILE_CASES=2000 makes more of them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.hostile.trial import Trial

FAST = 20
CASES = int(os.environ.get("HOSTILE_CASES", "520"))
NUMBERS = [
    pytest.param(number, marks=pytest.mark.slow if number >= FAST else ())
    for number in range(CASES)
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is gone after the test: hundreds of stores are many files."""
    with TemporaryDirectory(prefix="hostile-") as name:
        yield Path(name)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_oracle_agrees_on_every_row_of_a_hostile_delivery(
    number: int, folder: Path
) -> None:
    """Reliability 23: which rows are in, as what, and why the others are out.

    Varied are encodings (2, 4), dialects (7), headers (8), identifiers (9), dates (13),
    zones (14), the bounds of time (15), amounts (16), refunds (17), versions of a row
    (18), unknown customers (19), scales and sequences (20), and hostile text (26).
    """
    trial = Trial(number, folder)
    found = trial.disagreements()
    settings = dict(trial.made.settings)
    assert not found, "\n".join([f"case {number}, {settings}", *found])
