"""Merge what came in with what is kept, by key: only files that change are rewritten.

Rows of one key stand in a line: the one kept, then those that came in, in order of file
and line. A row equal to the one before it is a duplicate; a different one replaces it.
The last one stays. Where it is equal to the one kept, nothing came in for the key but
duplicates: a file with two versions of a row can be loaded again and changes nothing.

Most keys have no line: they came once and are new, or came once and say what the kept
row says. Only the others are contested, and judged by the key itself. Keys are compared
by hash before that; keys that only share a hash are contested, and found to be new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.schemas import key_columns
from data.warehouse.manifest import Part
from data.warehouse.pieces import Piece, Told, kept_labels
from data.warehouse.rows import key_expression, quoted, read, write_frame
from data.warehouse.staging import Staging
from data.warehouse.store import Store, checksum, make_folder, sync

TOUCHED = """
SELECT DISTINCT filename FROM (
    SELECT filename, hash({key}) AS _hash FROM read_parquet($paths, filename = true)
    WHERE {first} BETWEEN $lowest AND $highest
) AS k SEMI JOIN (SELECT hash(_key) AS _hash FROM arrivals) AS a ON a._hash = k._hash
"""
BOUNDS = "SELECT split_part(min(_key), chr(31), 1), max(_key) FROM arrivals"
MET = """
CREATE OR REPLACE TEMP TABLE met AS
SELECT a._hash, a._file, a._seq, a._piece, a._row, a._content, a._seal,
    k._content = a._content AS _same
FROM arrivals AS a JOIN known AS k ON k._hash = a._hash
"""
CONTESTED = """
CREATE OR REPLACE TEMP TABLE contested AS
SELECT _hash FROM arrivals GROUP BY _hash HAVING count(*) > 1
UNION SELECT _hash FROM met WHERE NOT _same
"""
SAME = """
CREATE OR REPLACE TEMP TABLE same AS
SELECT m.* FROM met AS m ANTI JOIN contested AS c ON c._hash = m._hash
"""
VERDICTS = """
CREATE OR REPLACE TEMP TABLE verdicts AS
SELECT *,
    lag(_content) OVER line AS _before,
    lead(_seq) OVER line IS NULL AS _last
FROM (SELECT * FROM arrivals UNION ALL SELECT * FROM known) AS r
SEMI JOIN contested AS c ON c._hash = r._hash
WINDOW line AS (PARTITION BY _key ORDER BY _seq)
"""
WINNERS = """
CREATE OR REPLACE TEMP TABLE winners AS
SELECT v._key, v._seq, v._content, v._seal
FROM verdicts AS v LEFT JOIN verdicts AS k ON k._key = v._key AND k._seq < 0
WHERE v._last AND v._seq >= 0 AND k._content IS DISTINCT FROM v._content
"""
STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
SELECT min(v._seq) AS _seq
FROM verdicts AS v JOIN winners AS w ON w._key = v._key AND w._content = v._content
WHERE v._seq >= 0 GROUP BY v._key
"""
SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT v._key FROM verdicts AS v
SEMI JOIN (SELECT _key FROM verdicts WHERE _before <> _content) AS c ON c._key = v._key
JOIN verdicts AS k ON k._key = v._key AND k._seq < 0 AND k._content = v._content
WHERE v._last
"""
COUNTS = """
SELECT v._file,
    count(*) FILTER (v._before = v._content OR s._key IS NOT NULL),
    count(*) FILTER (v._before <> v._content AND s._key IS NULL)
FROM verdicts AS v LEFT JOIN settled AS s ON s._key = v._key
WHERE v._seq >= 0 GROUP BY v._file
UNION ALL SELECT _file, count(*), 0 FROM same GROUP BY _file
"""
DROPPED = """
CREATE OR REPLACE TEMP TABLE dropped AS
SELECT _key, _seq, _piece, _row, _content, _seal FROM verdicts AS v
ANTI JOIN standing AS s ON s._seq = v._seq
WHERE v._seq >= 0
UNION ALL
SELECT _key, _seq, _piece, _row, _content, _seal FROM verdicts AS k
SEMI JOIN winners AS w ON w._key = k._key
WHERE k._seq < 0
UNION ALL
SELECT NULL, _seq, _piece, _row, _content, _seal FROM same
"""
GONE = """
INSERT INTO dropped
SELECT _key, _seq, _piece, _row, _content, _seal FROM known AS k
ANTI JOIN arrivals AS a ON a._key = k._key
"""
JUDGED = (MET, CONTESTED, SAME, VERDICTS, WINNERS, STANDING, SETTLED, DROPPED)
REPEATED = "SELECT count(*) - count(DISTINCT _key) FROM verdicts WHERE _seq >= 0"
LEFT = "SELECT _piece, count(*), bit_xor(_content) FROM dropped GROUP BY _piece"


@dataclass(frozen=True)
class Workshop:
    """Where one refresh works: its connection, its store and its version's name."""

    connection: DuckDBPyConnection
    store: Store
    version: str


def judge(
    workshop: Workshop, staging: Staging, kept: Sequence[Piece], *, whole: bool
) -> None:
    """Decide for every row that came in whether it is new, a duplicate or a correction.

    Of equal rows of a key that wins, the first one is kept: it lies with its period.
    Adds the duplicates and superseded rows to the files' reports, and leaves the table
    `dropped`: the rows of pieces that do not stay. `whole` compares with all kept rows,
    for a table that is replaced.
    """
    connection, arrivals = workshop.connection, staging.arrivals
    arrivals.flush()
    read(connection, arrivals.labels()).create_view("arrivals", replace=True)
    touched = kept if whole else _touched(connection, staging, kept)
    known = _known(staging, touched)
    read(connection, known).create_view("known", replace=True)
    for statement in JUDGED:
        connection.execute(statement)
    if whole:
        connection.execute(GONE)
    reports = list(staging.files.values())
    for file, duplicates, superseded in connection.execute(COUNTS).fetchall():
        reports[file].accepted -= duplicates
        reports[file].duplicates += duplicates
        reports[file].superseded += superseded


def losses(connection: DuckDBPyConnection) -> dict[int, Told]:
    """What each piece loses, by its number. `judge` comes first."""
    rows = connection.execute(LEFT).fetchall()
    return {number: Told(count, content) for number, count, content in rows}


def repeated(connection: DuckDBPyConnection) -> int:
    """Rows whose key had come before in the same delivery. `judge` comes first."""
    found: int = connection.execute(REPEATED).fetchall()[0][0]
    return found


def _touched(
    connection: DuckDBPyConnection, staging: Staging, kept: Sequence[Piece]
) -> list[Piece]:
    """The kept files that have a key of a row that came in.

    Files and row groups without a key between the lowest and the highest are not read.
    """
    if not kept or not staging.arrivals.rows:
        return []
    lowest, highest = connection.execute(BOUNDS).fetchall()[0]
    paths = {str(each.path): each for each in kept}
    table = staging.table
    ask = TOUCHED.format(key=key_expression(table), first=quoted(key_columns(table)[0]))
    given = {"paths": list(paths), "lowest": lowest, "highest": highest}
    return [paths[name] for (name,) in connection.execute(ask, given).fetchall()]


def _known(staging: Staging, touched: Sequence[Piece]) -> list[Path]:
    """Files with the labels of kept rows."""
    found = staging.arrivals.labels()[:1]  # one without a row
    for each in touched:
        found.append(staging.folder / f"known-{-each.number:06d}.parquet")
        write_frame(kept_labels(staging.table, each), found[-1])
    return found


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
