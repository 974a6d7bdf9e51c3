"""The database of a snapshot while it is built: tables to read, and what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from data.engines.duckdb import connect
from data.schemas import INPUTS, columns
from data.warehouse.manifest import Part
from data.warehouse.publish import Building
from data.warehouse.rows import quoted, read, write_frame

LIMITS = """
SELECT coalesce(o.first, s.first), coalesce(o.newest, s.newest)
FROM (SELECT min(ordered_on) AS first, max(ordered_on) AS newest FROM orders) AS o
CROSS JOIN (SELECT min(sent_on) AS first, max(sent_on) AS newest FROM surveys) AS s
"""
ORPHANS = """
SELECT count(*) FROM orders AS o
ANTI JOIN customers AS c ON c.customer_id = o.customer_id
WHERE o.customer_id IS NOT NULL
"""
OTHER_VIEWS = """
SELECT view_name FROM duckdb_views()
WHERE NOT temporary AND NOT internal AND NOT list_contains($inputs, view_name)
"""
TABLES = """
SELECT table_name FROM duckdb_tables()
WHERE NOT temporary ORDER BY table_name
"""


@contextmanager
def opened(
    begun: Building, parts: Sequence[Part], base: Path | None = None
) -> Iterator[DuckDBPyConnection]:
    """The snapshot's new database with a view per input table, all 14 of them.

    A table that the company does not have is empty. Personal fields are not there.
    The views are gone when the database is closed. It begins as a copy of `base`.
    """
    store = begun.store
    if base is not None:
        shutil.copyfile(base, begun.marts)
    folders = [store.parts, begun.folder]
    connection = connect(begun.marts, folders=folders, scratch=begun.folder / "spill")
    try:
        for table in INPUTS:
            _view(connection, table, _paths(begun, table, parts))
        yield connection
        for table in INPUTS:
            connection.execute(f"DROP VIEW {quoted(table)}")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def empty(connection: DuckDBPyConnection) -> None:
    """Drop what a database has of its base; the input tables stay in sight."""
    for (name,) in connection.execute(OTHER_VIEWS, {"inputs": list(INPUTS)}).fetchall():
        connection.execute(f"DROP VIEW {quoted(name)}")
    for (name,) in connection.execute(TABLES).fetchall():
        connection.execute(f"DROP TABLE {quoted(name)}")


def limits(connection: DuckDBPyConnection) -> tuple[date, date]:
    """The first and the newest business day of orders; without orders, of surveys."""
    first, newest = connection.execute(LIMITS).fetchall()[0]
    return first, newest


@dataclass(frozen=True)
class Found:
    """What a finished database holds: rows per table, control totals, warnings."""

    rows: dict[str, int]
    totals: dict[str, str]
    warnings: tuple[str, ...]


def found(connection: DuckDBPyConnection) -> Found:
    """Count what was built, while the input tables are still in sight."""
    return Found(counts(connection), totals(connection), _warnings(connection))


def _warnings(connection: DuckDBPyConnection) -> tuple[str, ...]:
    some = connection.execute("SELECT customer_id FROM customers LIMIT 1").fetchall()
    rows = connection.execute(ORPHANS).fetchall()[0][0] if some else 0
    if not rows:
        return ()
    text = f"orders: {rows:,} rows name a customer who is not in the customers table."
    return (text,)


def totals(connection: DuckDBPyConnection) -> dict[str, str]:
    """Control totals: the exact sum of every amount of money and quantity."""
    found: dict[str, str] = {}
    for table in INPUTS:
        money = [n for n, k in columns(table).items() if isinstance(k, pl.Decimal)]
        if money:
            sums = ", ".join(f"coalesce(sum({quoted(name)}), 0)" for name in money)
            row = connection.view(table).aggregate(sums).fetchall()[0]
            found |= {f"{table}.{n}": str(v) for n, v in zip(money, row, strict=True)}
    return found


def counts(connection: DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table that the snapshot keeps."""
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    return {
        n: connection.table(n).aggregate("count(*)").fetchall()[0][0] for n in names
    }


def recounted(begun: Building) -> dict[str, int]:
    """The same from the closed file, as a reader will find it."""
    connection = connect(begun.marts, read_only=True)
    try:
        return counts(connection)
    finally:
        connection.close()


def _paths(begun: Building, table: str, parts: Sequence[Part]) -> list[Path]:
    mine = [p for p in parts if (p.kind, p.table) == ("parts", table)]
    if mine:
        return [begun.store.root / part.path for part in mine]
    empty = begun.folder / f"no-{table}.parquet"
    write_frame(pl.DataFrame(schema=dict(columns(table))), empty)
    return [empty]


def _view(connection: DuckDBPyConnection, table: str, paths: list[Path]) -> None:
    names = ", ".join(map(quoted, columns(table)))
    read(connection, paths).project(names).create_view(table, replace=True)
