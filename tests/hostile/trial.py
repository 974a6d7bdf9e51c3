"""A case put to the product: one delivery, then what comes after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dashboard.refresh import refresh
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.gate import QualityError
from tests.hostile import acts, comparing, reading
from tests.hostile.acts import Better, Places
from tests.hostile.case import Case, case
from tests.hostile.oracle import Deliveries, Ledger, Tolds

Act = Callable[["Trial", "Delivered"], Iterator[str]]
NOWHERE: Final[Places] = frozenset()


@dataclass(frozen=True)
class Load:
    """What is loaded, where, and what the oracle knows before.

    `gone` are rejected rows that have been put right: they left the quarantine. Where
    they are `settled`, they had left it before, and count as duplicates now.
    """

    made: Case
    store: str
    ledger: Ledger
    gone: Places = NOWHERE
    settled: bool = False
    places: bool = True  # whether files and lines of the quarantine are comparable


@dataclass(frozen=True)
class Delivered:
    """A delivery that was loaded; without a hash it was refused."""

    delivery: Deliveries
    told: Tolds
    hash: str | None
    errors: list[str]

    @property
    def superseded(self) -> int:
        files = [file for files in self.told.values() for file in files.values()]
        return sum(file.superseded for file in files)


class Trial:
    """One case in one folder."""

    def __init__(self, number: int, folder: Path) -> None:
        self.made = case(number)
        self.folder = folder
        self.ledger = Ledger(self.made.rules)
        self._sources = 0

    def disagreements(self) -> list[str]:
        """All that the product and the oracle do not agree on."""
        first = self.load(Load(self.made, "store", self.ledger))
        if first.errors or not first.hash:
            return first.errors
        act = self._act()
        return [f"{act.__name__}: {error}" for error in act(self, first)] if act else []

    def load(self, order: Load) -> Delivered:
        """Load a delivery, and compare all that there is to compare."""
        self._sources += 1
        source = self.folder / f"source-{self._sources}"
        delivery = order.made.write(source)
        told = order.ledger.deliver(delivery)
        if order.settled:
            told = acts.settled(told, order.gone)
        return self._refreshed(source, order, Delivered(delivery, told, None, []))

    def _refreshed(self, source: Path, order: Load, asked: Delivered) -> Delivered:
        delivery, told, store = asked.delivery, asked.told, self.folder / order.store
        settings = Settings.model_validate(order.made.settings)
        now = order.made.now
        try:
            report = refresh(source, store, settings, build=reading.no_marts, now=now)
        except QualityError as error:
            return Delivered(delivery, told, None, _refused(error, order, told))
        found = report.as_dict()
        errors = [
            *comparing.reports(reading.files(found), told),
            *_kept(store, order, asked),
        ]
        if found["released"] != order.ledger.released:
            errors.append(f"released {found['released']}, not {order.ledger.released}")
        return Delivered(delivery, told, found["hash"], errors)

    def _act(self) -> Act | None:
        """A third of the cases has a second act; each of its loads costs as much."""
        if self.made.number % 6 not in (0, 2):
            return None
        if self.ledger.held:
            return completed
        act = ACTS[self.made.number // 2 % len(ACTS)]
        waits = act is put_right and self.made.rules.customers_complete
        return again if waits else act  # the corrected ones might have to wait


def _kept(store: Path, order: Load, asked: Delivered) -> Iterator[str]:
    snapshot = open_current(store)
    yield from comparing.values(snapshot, order.ledger)
    if order.places:
        left = acts.without(asked.told, order.gone)
        yield from comparing.quarantine(snapshot, asked.delivery, left)


def _refused(error: QualityError, order: Load, told: Tolds) -> list[str]:
    """A later delivery may look wrong by chance; the first only without an order."""
    rules = {each.rule for each in error.objections}
    found = {"files": [each.as_dict() for each in error.files]}
    errors = [*comparing.reports(reading.files(found), told)]
    if "no_rows" in rules and order.ledger.tables.get("orders"):
        errors.append(f"refused: {error}")
    return errors


def again(trial: Trial, first: Delivered) -> Iterator[str]:
    """Reliability 25: the same files once more change nothing."""
    second = trial.load(Load(trial.made, "store", trial.ledger))
    yield from second.errors
    yield from _same(first, second)


def otherwise(trial: Trial, first: Delivered) -> Iterator[str]:
    """Reliability 2 and 25: other encodings, formats, cuts and orders say the same."""
    number = trial.made.number
    made = acts.cut(trial.made, number, stirred=not first.superseded)
    second = trial.load(Load(made, "other", Ledger(made.rules)))
    yield from second.errors
    yield from _same(first, second)


def over_time(trial: Trial, first: Delivered) -> Iterator[str]:
    """Reliability 25: what came in two deliveries is what came in one."""
    number, ledger = trial.made.number, Ledger(trial.made.rules)
    half = acts.first_half(trial.made, number)
    before = trial.load(Load(half, "other", ledger))
    yield from before.errors
    if before.hash:
        whole = acts.cut(trial.made, number + 1, stirred=False)
        second = trial.load(Load(whole, "other", ledger, places=False))
        yield from second.errors
        yield from _same(first, second)


def put_right(trial: Trial, first: Delivered) -> Iterator[str]:
    """Reliability 24: a corrected reject comes in once, however often it comes."""
    better = acts.mended(trial.made, trial.ledger)
    yield from _further(trial, first, better)


def completed(trial: Trial, first: Delivered) -> Iterator[str]:
    """Reliability 19: rows that wait for their customers come in with them."""
    rows = acts.newcomers(trial.made, trial.ledger)
    yield from _further(trial, first, rows)


def _further(trial: Trial, first: Delivered, rows: Better) -> Iterator[str]:
    """The same delivery with further rows, and then with them once more."""
    made = acts.with_further(trial.made, rows, trial.made.number)
    gone = acts.places(first.delivery, rows, made.rules)
    second = trial.load(Load(made, "store", trial.ledger, gone))
    yield from second.errors
    if second.hash:
        third = trial.load(Load(made, "store", trial.ledger, gone, settled=True))
        yield from third.errors
        yield from _same(second, third)


def _same(first: Delivered, second: Delivered) -> Iterator[str]:
    if second.hash and second.hash != first.hash:
        yield "the snapshot's hash is another one"


ACTS: Final = (again, otherwise, over_time, put_right)
