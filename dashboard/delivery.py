"""A delivery on its way into the store: which tables it has, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb
import polars as pl

from data.door import batches, tables_found
from data.schemas import INPUTS
from data.settings import Settings
from data.sources import Place, opened
from data.warehouse.intake import (
    Intake,
    customer_ids,
    held_tables,
    kept,
    know,
    release,
    take,
)
from data.warehouse.merge import Workshop
from data.warehouse.publish import Building
from data.warehouse.staging import Keeper, Staging

Build = Callable[[duckdb.DuckDBPyConnection, Settings, date], None]


@dataclass(frozen=True)
class Step:
    """What a refresh does now: words for a person, and the rows read so far.

    A `lasting` one is not replaced by the next: a person has to read it.
    """

    text: str
    rows: int | None = None
    lasting: bool = False


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Job:
    """What to load, by which settings, with what, whom to tell, and when (UTC).

    `renewing` allows to bring the last snapshot's tables up to date.
    """

    source: Place
    settings: Settings
    build: Build
    progress: Progress
    now: datetime
    renewing: bool = False


@dataclass(frozen=True)
class Desk:
    """Where one refresh takes in its tables."""

    shop: Workshop
    begun: Building
    keeper: Keeper
    job: Job

    def intakes(self) -> tuple[Intake, ...]:
        """Take in every table of the delivery, and the rows that may leave the wait.

        Where rows wait for their customers, the customers come first. The tables of a
        database are all read as they are in the moment that it is opened.
        """
        with opened(self.job.source, self.job.settings) as source:
            open_desk = replace(self, job=replace(self.job, source=source))
            return open_desk._intakes()

    def _intakes(self) -> tuple[Intake, ...]:
        found = tables_found(self.job.source, self.job.settings)
        here = {"orders", *found}  # for the door to say that orders are missing
        tables = [t for t in INPUTS if t in {*here, *held_tables(self.begun)}]
        if self.job.settings.customers_complete:
            tables.sort(key=lambda table: table != "customers")
        taken: dict[str, Intake] = {}
        customers = None
        for table in tables:
            if customers is None and table != "customers":
                customers = self._customers(taken)
            taken[table] = self._take(table, customers, given=table in here)
        return tuple(taken[table] for table in INPUTS if table in taken)

    def _customers(self, taken: Mapping[str, Intake]) -> pl.Series | None:
        """The known customers, once they are in; None where nobody has to be known."""
        if not self.job.settings.customers_complete:
            return None
        parts = kept(self.begun, "parts", "customers")
        if "customers" in taken:
            came = taken["customers"].parts
            parts = tuple(part for part in came if part.kind == "parts")
        return customer_ids(self.shop, parts)

    def _take(self, table: str, customers: pl.Series | None, *, given: bool) -> Intake:
        begun, tell = self.begun, self.job.progress
        staging = Staging(table, begun.folder / "staging" / table, self.keeper)
        whole = self.job.settings.table(table).numbered and given
        know(self.shop, begun, staging, whole=whole)
        if not whole:
            release(self.shop, begun, staging, customers)
        if given:
            for _ in self._read(staging, customers):
                tell(Step(f"reading {table}", staging.rows_in))
        tell(Step(f"merging {table}", staging.rows_in))
        return take(self.shop, begun, staging, whole=whole)

    def _read(self, staging: Staging, customers: pl.Series | None) -> Iterator[None]:
        source, settings, now = self.job.source, self.job.settings, self.job.now
        for batch in batches(
            staging.table, source, settings, now=now, customers=customers
        ):
            staging.add(batch)
            yield
