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

from dashboard.refresh import refresh
from dashboard.report import RefreshReport
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.gate import QualityError
from tests.hostile import comparing, reading
from tests.hostile.case import Case, case
from tests.hostile.comparing import Deliveries, Tolds
from tests.hostile.oracle import Ledger

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


def load(made: Case, source: Path, store: Path) -> RefreshReport:
    settings = Settings.model_validate(made.settings)
    return refresh(source, store, settings, build=reading.no_marts, now=made.now)


def taken(ledger: Ledger, delivery: Deliveries) -> Tolds:
    """The customers first: others may have to wait for them."""
    tables = sorted(delivery, key=lambda table: table != "customers")
    return {table: ledger.take(table, delivery[table]) for table in tables}


def disagreements(made: Case, folder: Path) -> Iterator[str]:
    delivery, ledger = made.write(folder / "source"), made.ledger()
    told = taken(ledger, delivery)
    try:
        report = load(made, folder / "source", folder / "store")
    except QualityError as error:
        found = {"files": [each.as_dict() for each in error.files]}
        yield from comparing.reports(reading.files(found), told)
        if ledger.tables.get("orders"):
            yield f"refused: {error}"
        return
    yield from comparing.reports(reading.files(report.as_dict()), told)
    snapshot = open_current(folder / "store")
    yield from comparing.quarantine(snapshot, delivery, told)
    yield from comparing.values(snapshot, ledger)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_oracle_agrees_on_every_row_of_a_hostile_delivery(
    number: int, folder: Path
) -> None:
    """Reliability 23: which rows are in, as what, and why the others are out."""
    made = case(number)
    found = list(disagreements(made, folder))
    settings = dict(made.settings)
    assert not found, "\n".join([f"case {number}, {settings}", *found])
