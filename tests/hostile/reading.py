"""What the product says and keeps, in the oracle's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from data.settings import Settings
from data.warehouse import Snapshot
from data.warehouse.quarantine import quarantined
from data.warehouse.reveal import personal_fields
from tests.hostile.contract import TABLES, key_columns

Rejects = dict[tuple[str, int], str]


def no_marts(connection: DuckDBPyConnection, _: Settings, __: date) -> None:
    """A snapshot that holds next to nothing beside its parts."""
    connection.execute("CREATE TABLE whole AS SELECT count(*) AS orders FROM orders")


def kept(snapshot: Snapshot, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The accepted rows of a table by key, personal fields among them."""
    rows = [
        row
        for path in snapshot.parts(table)
        for row in pl.read_parquet(path).to_dicts()
    ]
    _reveal(snapshot, table, rows)
    names = key_columns(table)
    found = {tuple(row[name] for name in names): row for row in rows}
    assert len(found) == len(rows), f"{table}: a key is there twice"
    return found


def _reveal(snapshot: Snapshot, table: str, rows: list[dict[str, Any]]) -> None:
    personal = [name for name, c in TABLES[table].items() if c.personal]
    if not personal:
        return
    (key,) = key_columns(table)
    found = personal_fields(snapshot, table, [row[key] for row in rows])
    for row in rows:
        fields = found.get(row[key], {})
        row |= {name: fields.get(name) for name in personal}


def rejects(snapshot: Snapshot, table: str) -> Rejects:
    """The rows in quarantine: their rule by file and line."""
    parts = snapshot.manifest.of("quarantine", table)
    rows = quarantined(snapshot.store, parts).select("file", "line", "rule").rows()
    return {(file, line): rule for file, line, rule in rows}


def files(report: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """A report's files by table and name."""
    return {(each["table"], each["file"]): each for each in report["files"]}
