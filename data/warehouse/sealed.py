"""Parts that hold only encrypted rows: personal fields, and the quarantine."""

from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyRelation

from data.errors import UnavailableError
from data.schemas import key_columns, personal_columns
from data.warehouse.manifest import Part
from data.warehouse.merge import ALL_BITS, Workshop, part, write
from data.warehouse.quarantine import leaving, lineage, show
from data.warehouse.rows import DIGEST, WHOLE, quoted, read
from data.warehouse.staging import Staging

PERSONAL = """
SELECT * EXCLUDE (_rank, _place)
FROM (
    SELECT c.*, row_number() OVER (PARTITION BY c.key ORDER BY c._rank) AS _place
    FROM candidates AS c
    SEMI JOIN wanted AS w ON w.key = c.key AND w._digest = c._digest
)
WHERE _place = 1 ORDER BY key
"""
QUARANTINE = """
SELECT * EXCLUDE (_rank, _place)
FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY _rank) AS _place
    FROM candidates
)
WHERE _place = 1 AND id NOT IN (SELECT id FROM leaving) ORDER BY file, line, id
"""


def personal_parts(
    workshop: Workshop, staging: Staging, now: Iterable[Part], kept: Iterable[Part]
) -> tuple[Part, ...]:
    """The personal parts that go with the accepted parts `now`.

    A month whose accepted rows did not change keeps its personal part; in the others
    each row keeps its old ciphertext if its personal fields are the old ones.
    """
    if not personal_columns(staging.table):
        return ()
    months = {each.month for each in now}
    new = [each for each in now if _is_new(workshop, each)]
    changed = {each.month for each in new}
    old = list(kept)
    moving = [e for e in old if e.month in changed or e.month not in months]
    still = [each for each in old if each.month in months - changed]
    _candidates(workshop, staging, "personal", moving)
    made = [_personal(workshop, staging, each) for each in new]
    return (*still, *(each for each in made if each.rows))


def quarantine_parts(
    workshop: Workshop, staging: Staging, kept: Iterable[Part], *, whole: bool
) -> tuple[Part, ...]:
    """The table's rejected rows, each once, and the record of those that left.

    `kept` are the parts of both kinds.
    """
    old = [part for part in kept if part.kind == "quarantine"]
    left = [part for part in kept if part.kind == "lineage"]
    gone = leaving(workshop, staging, whole=whole)
    if not staging.quarantined and gone.is_empty():
        return (*old, *left)
    show(workshop, staging, gone, "leaving")
    _candidates(workshop, staging, "rejects", old)
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
    return part(workshop, path, _told(read(workshop.connection, [path]), "id"))


def _personal(workshop: Workshop, staging: Staging, accepted: Part) -> Part:
    connection, key = workshop.connection, quoted(key_columns(staging.table)[0])
    rows = read(connection, [workshop.store.root / accepted.path])
    wanted = rows.filter(f"{DIGEST} IS NOT NULL").project(f"{key} AS key, {DIGEST}")
    wanted.create_view("wanted", replace=True)
    place = ("personal", staging.table, accepted.month)
    path = write(workshop, connection.sql(PERSONAL), place)
    told = _told(read(connection, [path]), f"key, {DIGEST}")
    if told != _told(wanted, f"key, {DIGEST}"):
        raise UnavailableError(
            f"The new part {path} lacks personal fields; nothing was published."
        )
    return part(workshop, path, told)


def _candidates(
    workshop: Workshop, staging: Staging, kind: str, kept: Iterable[Part]
) -> None:
    """Make the view of kept rows and of those that came in; kept ones come first."""
    connection = workshop.connection
    came = staging.staged(kind)
    rows = read(connection, came).project("*, 1 AS _rank")
    old = [workshop.store.root / each.path for each in kept]
    if old:  # the empty first file knows columns that older parts lack
        before = read(connection, [came[0], *old])
        rows = rows.union(before.project("*, 0 AS _rank"))
    rows.create_view("candidates", replace=True)


def _told(rows: DuckDBPyRelation, columns: str) -> tuple[int, int]:
    """Rows and logical content, which nonces do not change."""
    content = f"bit_xor(md5_number(concat_ws(chr(31), {columns})))"
    found, told = rows.aggregate(f"count(*), {content}").fetchall()[0]
    return found, (told or 0) & ALL_BITS


def _is_new(workshop: Workshop, each: Part) -> bool:
    return each.path.endswith(f"/{workshop.version}.parquet")
