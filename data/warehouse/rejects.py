"""The quarantine as a workplace: what waits there and why, and its rows to correct."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

import polars as pl

from data.errors import UsageError
from data.schemas import INPUTS
from data.sources.exported import BESIDE, ID, guarded
from data.vault import Vault
from data.warehouse.disk import private_file, told
from data.warehouse.keys import open_vault
from data.warehouse.quarantine import quarantined, unsealed
from data.warehouse.snapshot import Snapshot
from data.warehouse.staging import REJECTED

WHY = ("file", "line", "column", "rule", "remedy")
TEXT = f"{BESIDE}text"  # of a row that could not be split into cells
RAW = "_raw"


def waiting(
    snapshot: Snapshot, table: str | None = None, rule: str | None = None
) -> pl.DataFrame:
    """How many rows wait, by table, file and rule, with what to do; most first.

    Errors: UsageError for a table that the contract does not have.
    """
    if table is not None and table not in INPUTS:
        raise UsageError(f"There is no table {table}; there are {', '.join(INPUTS)}.")
    found = [
        _rows(snapshot, name, rule).with_columns(table=pl.lit(name))
        for name in snapshot.manifest.quarantined
        if table in (None, name)
    ]
    nothing = pl.DataFrame(schema={**REJECTED, "table": pl.String})
    return (
        pl.concat([nothing, *found])
        .group_by("table", "file", "rule")
        .agg(rows=pl.len(), remedy=pl.first("remedy"))
        .sort("rows", "table", "file", "rule", descending=[True, False, False, False])
    )


def export(snapshot: Snapshot, folder: Path) -> dict[str, int]:
    """Write each table's rejected rows to `<table>_rejected.csv`; rows by table.

    The original cells stand beside file, line, column, rule and remedy. A file can be
    edited, in Excel too, and loaded again as an extract of its table.

    Errors: UnavailableError without the store's key, UsageError where a file is there.
    """
    vault = open_vault(snapshot.store)
    with told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            table: _write(folder / f"{table}_rejected.csv", vault, table, rows)
            for table in snapshot.manifest.quarantined
            for rows in [_rows(snapshot, table, None)]
        }


def _rows(snapshot: Snapshot, table: str, rule: str | None) -> pl.DataFrame:
    parts = snapshot.manifest.of("quarantine", table)
    rows = quarantined(snapshot.store, parts)
    return rows if rule is None else rows.filter(pl.col("rule") == rule)


def as_csv(snapshot: Snapshot, table: str) -> bytes:
    """One table's rejected rows as the file that `export` writes, kept in memory.

    Errors: UnavailableError without the store's key.
    """
    vault = open_vault(snapshot.store)
    file = StringIO(newline="")
    _fill(file, vault, table, _rows(snapshot, table, None))
    return file.getvalue().encode("utf-8-sig")


def _write(path: Path, vault: Vault, table: str, rows: pl.DataFrame) -> int:
    with (
        private_file(path) as file,
        TextIOWrapper(file, encoding="utf-8-sig", newline="") as text,
    ):
        _fill(text, vault, table, rows)
    return rows.height


def _fill(file: TextIO, vault: Vault, table: str, rows: pl.DataFrame) -> None:
    cells = [dict(_cells(text)) for text in unsealed(vault, table, rows, "row")]
    names = dict.fromkeys(name for row in cells for name in row if name != RAW)
    why = [f"{BESIDE}{name}" for name in WHY]
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow([ID, *why, TEXT, *names])
    for reason, row in zip(rows.select("id", *WHY).rows(), cells, strict=True):
        original = (row.get(name, "") for name in (RAW, *names))
        writer.writerow(_safe([*reason, *original]))


def _cells(text: str | None) -> Iterator[tuple[str, str]]:
    row: Mapping[str, str | None] = json.loads(text) if text else {}
    for name, cell in row.items():
        yield name, cell or ""


def _safe(cells: Iterable[object]) -> list[str]:
    return ["" if cell is None else guarded(str(cell)) for cell in cells]
