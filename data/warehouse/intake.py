"""One table of a delivery: from checked rows to new parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from data.engines.duckdb import connect
from data.warehouse import gate
from data.warehouse.assembly import Assembly
from data.warehouse.manifest import Delivery, Part
from data.warehouse.merge import Workshop, judge, repeated
from data.warehouse.personal_parts import personal_parts
from data.warehouse.pieces import kept_pieces
from data.warehouse.publish import Building
from data.warehouse.quarantine import (
    arrived,
    names_a_customer,
    quarantined,
    recall,
)
from data.warehouse.rows import DIGEST, read
from data.warehouse.sealed import quarantine_parts
from data.warehouse.staging import FileReport, Staging


@dataclass(frozen=True)
class Intake:
    """What came of one table: reports per file, the delivery in figures, the parts.

    `released` rows had waited for their customer; no file of this delivery has them.
    `differs` says whether the table holds other rows than before. `changed` is then a
    Parquet file, there while the refresh lasts, with one column `customer_id`: each
    customer, once, who has a row that was added, replaced or removed; null stands for
    rows of no customer. Without a file everyone may be concerned: the table is new, or
    its rows name no customer.
    """

    table: str
    reports: tuple[FileReport, ...]
    delivery: Delivery
    parts: tuple[Part, ...]
    released: int = 0
    differs: bool = True
    changed: Path | None = None


@contextmanager
def workshop(begun: Building) -> Iterator[Workshop]:
    """Where a refresh merges: an engine that sees the store and nothing else."""
    connection = connect(folders=[begun.store.root], scratch=begun.folder / "spill")
    try:
        yield Workshop(connection, begun.store, begun.id)
    finally:
        connection.close()


def know(workshop: Workshop, begun: Building, staging: Staging, *, whole: bool) -> None:
    """Tell a staging what the store holds already: sealed fields, rejected rows."""
    table = staging.table
    old = kept(begun, "personal", table)
    if old:
        paths = [workshop.store.root / part.path for part in old]
        digests = read(workshop.connection, paths).project(DIGEST).pl()[DIGEST]
        staging.fields.known = digests
    rows = quarantined(workshop.store, kept(begun, "quarantine", table))
    paths = [workshop.store.root / part.path for part in kept(begun, "lineage", table)]
    left = pl.read_parquet(paths)["id"] if paths else pl.Series([], dtype=pl.String)
    staging.waiting = recall(staging.vault, table, rows, left, whole=whole)


def release(
    workshop: Workshop, begun: Building, staging: Staging, customers: pl.Series | None
) -> None:
    """Let in the rows whose customer is there now; before any row of a file."""
    if not staging.waiting.held:
        return
    old = quarantined(workshop.store, kept(begun, "quarantine", staging.table))
    rows = arrived(staging.vault, staging.table, old, customers)
    if rows.height:
        staging.release(rows)


def held_tables(begun: Building) -> tuple[str, ...]:
    """The tables of which some rows wait for their customer."""
    tables = begun.previous.quarantined if begun.previous else {}
    return tuple(
        table for table in tables if names_a_customer(table) and _waits(begun, table)
    )


def customer_ids(workshop: Workshop, parts: Iterable[Part]) -> pl.Series:
    """The customers of these parts of the customers table, sorted."""
    paths = [workshop.store.root / part.path for part in parts]
    if not paths:
        return pl.Series([], dtype=pl.String)
    rows = read(workshop.connection, paths).project("customer_id")
    return rows.pl()["customer_id"].sort()


def _waits(begun: Building, table: str) -> bool:
    rows = quarantined(begun.store, kept(begun, "quarantine", table))
    return rows["held"].null_count() < rows.height


def take(
    workshop: Workshop, begun: Building, staging: Staging, *, whole: bool
) -> Intake:
    """Merge a staged table with what the last snapshot holds of it."""
    table = staging.table
    old = kept_pieces(begun.store.root, kept(begun, "parts", table))
    judge(workshop, staging, old, whole=whole)
    merged = Assembly(workshop, staging, customers=bool(old))
    now = merged.parts(old)
    sealed = personal_parts(workshop, staging, kept(begun, "personal", table))
    before = (*kept(begun, "quarantine", table), *kept(begun, "lineage", table))
    rejected = quarantine_parts(workshop, staging, before, whole=whole)
    delivery = _delivery(workshop, staging)
    staging.clear()
    return Intake(
        table=table,
        reports=staging.reports,
        delivery=delivery,
        parts=(*now, *sealed, *rejected),
        released=staging.released,
        differs=merged.changed,
        changed=merged.customers(),
    )


def kept(begun: Building, kind: str, table: str) -> tuple[Part, ...]:
    """The last snapshot's parts of one kind and table."""
    return begun.previous.of(kind, table) if begun.previous else ()


def untouched(begun: Building, taken: Iterable[str]) -> tuple[Part, ...]:
    """The last snapshot's parts of the tables that did not come in this time."""
    came = set(taken)
    parts = begun.previous.parts if begun.previous else []
    return tuple(part for part in parts if part.table not in came)


def _delivery(workshop: Workshop, staging: Staging) -> Delivery:
    told, newest = staging.delivered, staging.delivered.newest
    figures = Delivery(
        rows=sum(each.rows_in - each.quarantined for each in staging.reports),
        changed=sum(each.accepted for each in staging.reports),
        repeated=repeated(workshop.connection),
        filled=gate.shares(staging.table, staging.filled),
    )
    if staging.table != "orders":
        return figures
    return replace(
        figures,
        rows=told.rows,
        mean=told.mean,
        newest=newest.isoformat() if newest else None,
        content=f"{staging.brought.content:016x}",
    )
