"""Merge what came in with what is kept, by key: only months that change are rewritten.

Rows of one key stand in a line: the one kept, then those that came in, in order of file
and line. A row equal to the one before it is a duplicate; a different one replaces it.
The last one stays. Where it is equal to the one kept, nothing came in for the key but
duplicates: a file with two versions of a row can be loaded again and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.errors import UnavailableError
from data.warehouse.manifest import Part
from data.warehouse.rows import (
    content_expression,
    kept_columns,
    key_expression,
    month_expression,
    order_expression,
    quoted,
    read,
)
from data.warehouse.staging import Staging
from data.warehouse.store import Store, checksum, make_folder, sync

ALL_BITS = (1 << 128) - 1

ARRIVALS = """
CREATE OR REPLACE TEMP TABLE arrivals AS
SELECT _key, _content, _month, _file, _seq FROM incoming
"""
KNOWN = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT _key, _content, _month FROM existing
"""
VERDICTS = """
CREATE OR REPLACE TEMP TABLE verdicts AS
SELECT _key, _content, _month, _file, _seq,
    lag(_content) OVER line AS _before,
    lead(_seq) OVER line IS NULL AS _last
FROM (
    SELECT _key, _content, _month, _file, _seq FROM arrivals
    UNION ALL
    SELECT _key, _content, _month, -1 AS _file, -1 AS _seq FROM known
)
WINDOW line AS (PARTITION BY _key ORDER BY _seq)
"""
WINNERS = """
CREATE OR REPLACE TEMP TABLE winners AS
SELECT v._key, v._content, v._month, v._seq
FROM verdicts AS v LEFT JOIN known AS k ON k._key = v._key
WHERE v._last AND v._seq >= 0 AND k._content IS DISTINCT FROM v._content
"""
GONE = """
CREATE OR REPLACE TEMP TABLE gone AS
SELECT k._key FROM known AS k ANTI JOIN arrivals AS a ON a._key = k._key
"""
NONE_GONE = "CREATE OR REPLACE TEMP TABLE gone AS SELECT '' AS _key WHERE false"
OUTDATED = """
CREATE OR REPLACE TEMP TABLE outdated AS
SELECT _key FROM winners UNION SELECT _key FROM gone
"""
FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT s.* FROM staged AS s SEMI JOIN winners AS w ON w._seq = s._seq
ORDER BY s._month
"""
CHANGES = """
SELECT _month, CAST(sum(_rows) AS BIGINT), bit_xor(_content)
FROM (
    SELECT _month, 1 AS _rows, _content FROM winners
    UNION ALL
    SELECT k._month, -1, k._content FROM known AS k
    SEMI JOIN outdated AS o ON o._key = k._key
)
GROUP BY _month ORDER BY _month
"""
SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT v._key FROM verdicts AS v
SEMI JOIN (SELECT _key FROM verdicts WHERE _before <> _content) AS c ON c._key = v._key
JOIN known AS k ON k._key = v._key AND k._content = v._content
WHERE v._last
"""
COUNTS = """
SELECT v._file,
    count(*) FILTER (v._before = v._content OR s._key IS NOT NULL),
    count(*) FILTER (v._before <> v._content AND s._key IS NULL)
FROM verdicts AS v LEFT JOIN settled AS s ON s._key = v._key
WHERE v._seq >= 0 GROUP BY v._file
"""


@dataclass(frozen=True)
class Change:
    """What a month's part must hold after the merge, as told by the rows' verdicts."""

    month: str
    rows: int
    content: int


@dataclass(frozen=True)
class Workshop:
    """Where one refresh works: its connection, its store and its version's name."""

    connection: DuckDBPyConnection
    store: Store
    version: str


def judge(
    workshop: Workshop, staging: Staging, kept: Iterable[Part], *, whole: bool
) -> None:
    """Decide for every row that came in whether it is new, a duplicate or a correction.

    Adds the duplicates and superseded rows to the files' reports. `whole` compares
    with all kept rows, for a table that is replaced.
    """
    table, connection = staging.table, workshop.connection
    incoming = _with_key(_incoming(workshop, staging), table)
    _view(connection, "incoming", _with_content(incoming, table))
    connection.execute(ARRIVALS)
    existing = _kept(workshop, staging, kept)
    if not whole:
        existing = existing.join(connection.table("arrivals"), "_key", how="semi")
    _view(connection, "existing", _with_content(existing, table))
    connection.execute(KNOWN)
    connection.execute(VERDICTS)
    connection.execute(SETTLED)
    reports = list(staging.files.values())
    for file, duplicates, superseded in connection.execute(COUNTS).fetchall():
        reports[file].accepted -= duplicates
        reports[file].duplicates += duplicates
        reports[file].superseded += superseded


def merge(
    workshop: Workshop, staging: Staging, kept: Iterable[Part], *, whole: bool
) -> tuple[Part, ...]:
    """The table's parts after the merge; months without a change keep theirs.

    `whole` replaces the table: what did not come in again is gone. `judge` comes first.
    """
    connection = workshop.connection
    connection.execute(WINNERS)
    connection.execute(GONE if whole else NONE_GONE)
    connection.execute(OUTDATED)
    _view(connection, "staged", _incoming(workshop, staging))
    connection.execute(FRESH)
    old = {part.month: part for part in kept}
    changes = _changes(connection, old)
    new = _rewrite(workshop, staging, old, changes)
    touched = {change.month for change in changes}
    untouched = [part for month, part in old.items() if month not in touched]
    return (*untouched, *(part for part in new if part.rows))


def _incoming(workshop: Workshop, staging: Staging) -> DuckDBPyRelation:
    return read(workshop.connection, staging.staged("rows"))


def _paths(store: Store, parts: Iterable[Part]) -> list[Path]:
    return [store.root / part.path for part in parts]


def _with_key(rows: DuckDBPyRelation, table: str) -> DuckDBPyRelation:
    return rows.project(f"*, {key_expression(table)} AS _key")


def _with_content(rows: DuckDBPyRelation, table: str) -> DuckDBPyRelation:
    return rows.project(f"*, {content_expression(table)} AS _content")


def _kept(
    workshop: Workshop, staging: Staging, kept: Iterable[Part]
) -> DuckDBPyRelation:
    table = staging.table
    paths = _paths(workshop.store, kept) or staging.staged("rows")[:1]
    rows = read(workshop.connection, paths)
    columns = ", ".join(map(quoted, kept_columns(table)))
    rows = rows.project(f"{columns}, {month_expression(table)} AS _month")
    return _with_key(rows, table)


def _changes(connection: DuckDBPyConnection, old: Mapping[str, Part]) -> list[Change]:
    found = []
    for month, rows, content in connection.execute(CHANGES).fetchall():
        before = old.get(month)
        kept = (before.rows, int(before.content, 16)) if before else (0, 0)
        found.append(Change(month, kept[0] + rows, kept[1] ^ (content & ALL_BITS)))
    return found


def _rewrite(
    workshop: Workshop,
    staging: Staging,
    old: Mapping[str, Part],
    changes: Iterable[Change],
) -> list[Part]:
    """Write new versions of months, read them back and compare with the verdicts."""
    wanted: dict[Path, Change] = {}
    for change in changes:
        month = change.month
        merged = _merged(workshop, staging.table, old.get(month), month)
        wanted[write(workshop, merged, ("parts", staging.table, month))] = change
    found = contents(workshop.connection, wanted, staging.table)
    for path, change in wanted.items():
        if found.get(path, (0, 0)) != (change.rows, change.content):
            raise UnavailableError(
                f"The new part {path} lacks what came in; nothing was published."
            )
    return [part(workshop, path, (c.rows, c.content)) for path, c in wanted.items()]


def _merged(
    workshop: Workshop, table: str, before: Part | None, month: str
) -> DuckDBPyRelation:
    connection = workshop.connection
    columns = ", ".join(map(quoted, kept_columns(table)))
    new = connection.table("fresh").filter(f"_month = '{month}'")
    rows = new.project(columns)
    if before is not None:
        kept = read(connection, [workshop.store.root / before.path])
        kept = kept.project(f"{columns}, {key_expression(table)} AS _key")
        kept = kept.join(connection.table("outdated"), "_key", how="anti")
        rows = rows.union(kept.project(columns))
    return rows.order(order_expression(table))


def write(
    workshop: Workshop, rows: DuckDBPyRelation, place: tuple[str, str, str]
) -> Path:
    """Write a new version of a part; on disk when this returns."""
    folder = workshop.store.folder(*place)
    make_folder(folder)
    path = folder / f"{workshop.version}.parquet"
    rows.write_parquet(str(path), compression="zstd")
    sync(path)
    return path


def contents(
    connection: DuckDBPyConnection, paths: Iterable[Path], table: str
) -> dict[Path, tuple[int, int]]:
    """Rows and logical content of parts of accepted rows, read from their files."""
    names = [str(path) for path in paths]
    if not names:
        return {}
    rows = connection.read_parquet(names, union_by_name=True, filename=True)
    told = "filename, count(*), bit_xor(_content)"
    found = _with_content(rows, table).aggregate(told, "filename").fetchall()
    return {Path(name): (rows, content & ALL_BITS) for name, rows, content in found}


def part(workshop: Workshop, path: Path, told: tuple[int, int]) -> Part:
    """The manifest's entry for a part that was just written."""
    root = workshop.store.root
    kind, table, month, _ = path.relative_to(root).parts
    rows, content = told
    return Part(
        kind=kind,
        table=table,
        month=month,
        path=path.relative_to(root).as_posix(),
        rows=rows,
        content=f"{content:032x}",
        bytes=path.stat().st_size,
        sha256=checksum(path),
    )


def _view(connection: DuckDBPyConnection, name: str, rows: DuckDBPyRelation) -> None:
    rows.create_view(name, replace=True)
