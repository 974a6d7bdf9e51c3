"""The parts of the quarantine: rejected rows, encrypted, and the record of others."""

from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyRelation

from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop, part, write
from data.warehouse.quarantine import leaving, lineage, show
from data.warehouse.rows import WHOLE, read
from data.warehouse.staging import Staging

ALL_BITS = (1 << 128) - 1
QUARANTINE = """
SELECT * EXCLUDE (_rank, _place)
FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY _rank) AS _place
    FROM candidates
)
WHERE _place = 1 AND id NOT IN (SELECT id FROM leaving) ORDER BY file, line, id
"""


def quarantine_parts(
    workshop: Workshop, staging: Staging, kept: Iterable[Part], *, whole: bool
) -> tuple[Part, ...]:
    """The table's rejected rows, each once, and the record of those that left.

    `kept` are the parts of both kinds.
    """
    old = [part for part in kept if part.kind == "quarantine"]
    left = [part for part in kept if part.kind == "lineage"]
    if not staging.quarantined and not staging.waiting.keys:
        return (*old, *left)
    gone = leaving(workshop, staging, whole=whole)
    if not staging.quarantined and gone.is_empty():
        return (*old, *left)
    show(workshop, staging, gone, "leaving")
    _candidates(workshop, staging, old)
    new = _written(workshop, staging, "quarantine", QUARANTINE)
    same = old and old[0].content == new.content
    record = left if gone.is_empty() else _record(workshop, staging, left)
    return (*(old if same else [new] if new.rows else []), *record)


def _record(workshop: Workshop, staging: Staging, left: list[Part]) -> list[Part]:
    sql = lineage(workshop, staging, left)
    new = _written(workshop, staging, "lineage", sql)
    return [new] if new.rows else []


def _written(workshop: Workshop, staging: Staging, kind: str, sql: str) -> Part:
    path = write(workshop, workshop.connection.sql(sql), (kind, staging.table, WHOLE))
    return part(workshop, path, _told(read(workshop.connection, [path])))


def _candidates(workshop: Workshop, staging: Staging, kept: Iterable[Part]) -> None:
    """Make the view of kept rejects and of those that came in; kept ones come first."""
    connection = workshop.connection
    came = staging.rejects()
    rows = read(connection, came).project("*, 1 AS _rank")
    old = [workshop.store.root / each.path for each in kept]
    if old:  # the empty first file knows columns that older parts lack
        before = read(connection, [came[0], *old])
        rows = rows.union(before.project("*, 0 AS _rank"))
    rows.create_view("candidates", replace=True)


def _told(rows: DuckDBPyRelation) -> tuple[int, int]:
    """Rows and logical content, which nonces do not change."""
    found, told = rows.aggregate("count(*), bit_xor(md5_number(id))").fetchall()[0]
    return found, (told or 0) & ALL_BITS
