"""One table of a delivery: from checked rows to new parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from data.engines.duckdb import connect
from data.warehouse.manifest import Delivery, Part
from data.warehouse.merge import Workshop, judge, merge
from data.warehouse.publish import Building
from data.warehouse.rows import DIGEST, read
from data.warehouse.sealed import personal_parts, quarantine_parts
from data.warehouse.staging import FileReport, Staging

DELIVERED = """
SELECT count(*), avg(amount), CAST(max(ordered_on) AS VARCHAR) FROM incoming
"""


@dataclass(frozen=True)
class Intake:
    """What came of one table: reports per file, the delivery in figures, the parts."""

    table: str
    reports: tuple[FileReport, ...]
    delivery: Delivery
    parts: tuple[Part, ...]


@contextmanager
def workshop(begun: Building) -> Iterator[Workshop]:
    """Where a refresh merges: an engine that sees the store and nothing else."""
    connection = connect(folders=[begun.store.root], scratch=begun.folder / "spill")
    try:
        yield Workshop(connection, begun.store, begun.id)
    finally:
        connection.close()


def know(workshop: Workshop, begun: Building, staging: Staging) -> None:
    """Tell a staging which personal fields the store holds already, sealed."""
    old = kept(begun, "personal", staging.table)
    if old:
        paths = [workshop.store.root / part.path for part in old]
        staging.known = read(workshop.connection, paths).project(DIGEST).pl()[DIGEST]


def take(
    workshop: Workshop, begun: Building, staging: Staging, *, whole: bool
) -> Intake:
    """Merge a staged table with what the last snapshot holds of it."""
    table = staging.table
    old = kept(begun, "parts", table)
    judge(workshop, staging, old, whole=whole)
    delivery = _delivery(workshop, staging)
    now = merge(workshop, staging, old, whole=whole)
    sealed = personal_parts(workshop, staging, now, kept(begun, "personal", table))
    rejected = quarantine_parts(workshop, staging, kept(begun, "quarantine", table))
    reports = tuple(staging.files.values())
    return Intake(table, reports, delivery, (*now, *sealed, *rejected))


def kept(begun: Building, kind: str, table: str) -> tuple[Part, ...]:
    """The last snapshot's parts of one kind and table."""
    return begun.previous.of(kind, table) if begun.previous else ()


def untouched(begun: Building, taken: Iterable[str]) -> tuple[Part, ...]:
    """The last snapshot's parts of the tables that did not come in this time."""
    came = set(taken)
    parts = begun.previous.parts if begun.previous else []
    return tuple(part for part in parts if part.table not in came)


def _delivery(workshop: Workshop, staging: Staging) -> Delivery:
    if staging.table != "orders":
        rows = sum(each.rows_in - each.quarantined for each in staging.files.values())
        return Delivery(rows)
    return Delivery(*workshop.connection.execute(DELIVERED).fetchall()[0])
