"""One company is one snapshot, in whatever format or database it comes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import psycopg
import pytest

from dashboard.refresh import refresh
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.manifest import Manifest
from tests.databases.conftest import settings
from tests.databases.servers import DATABASE, Server
from tests.faults.company import count_orders

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CUSTOMERS = 200
TYPES = {
    "postgresql": {
        pl.String: "text",
        pl.Boolean: "boolean",
        pl.Date: "date",
        pl.Datetime: "timestamp",
        pl.Float64: "double precision",
        pl.Decimal: "numeric(18, 4)",
        pl.Int64: "bigint",
        pl.Int32: "integer",
    },
    "mysql": {
        pl.String: "text",
        pl.Boolean: "tinyint(1)",
        pl.Date: "date",
        pl.Datetime: "datetime",
        pl.Float64: "double",
        pl.Decimal: "decimal(18, 4)",
        pl.Int64: "bigint",
        pl.Int32: "integer",
    },
}


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company as Parquet, with numbers and dates in types of their own."""
    folder = tmp_path_factory.mktemp("native")
    company(folder, "parquet")
    path = folder / "targets.parquet"  # CSV and Excel show 0.28 for 0.27999999999999997
    pl.read_parquet(path).with_columns(pl.col("value").round(9)).write_parquet(path)
    return folder


@pytest.fixture(scope="module")
def expected(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return snapshot(native, tmp_path_factory.mktemp("store") / "store", Settings())


def company(folder: Path, form: Any) -> None:
    until = date(2026, 10, 20)
    write_company(folder, customers=CUSTOMERS, seed=11, until=until, format=form)


def snapshot(source: Path, store: Path, chosen: Settings) -> Manifest:
    refresh(source, store, chosen, build=count_orders, now=NOW)
    return open_current(store).manifest


def as_text(native: Path, folder: Path) -> None:
    company(folder, "csv")


def as_workbooks(native: Path, folder: Path) -> None:
    for path in native.glob("*.parquet"):
        rows = pl.read_parquet(path)
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet(path.stem)
        sheet.append(rows.columns)
        for row in rows.iter_rows():
            sheet.append([cell if cell != "" else None for cell in row])
        workbook.save(folder / f"{path.stem}.xlsx")


def in_tables(native: Path, server: Server) -> dict[str, Any]:
    """The company in tables of a server, in the server's own types."""
    server.clear()
    for path in sorted(native.glob("*.parquet")):
        rows = pl.read_parquet(path)
        kinds = (TYPES[server.kind][kind.base_type()] for kind in rows.dtypes)
        columns = ", ".join(map(" ".join, zip(rows.columns, kinds, strict=True)))
        server.run(f"CREATE TABLE {path.stem} ({columns})")
        fill(server, path.stem, rows)
    return {path.stem: {"database_table": path.stem} for path in native.glob("*.p*")}


def fill(server: Server, table: str, rows: pl.DataFrame) -> None:
    if server.kind == "mysql":
        places = ", ".join(["%s"] * rows.width)
        with server.mysql(DATABASE) as connection, connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows.rows())
        return
    with psycopg.connect(
        host="127.0.0.1", port=server.port, dbname=DATABASE, user=server.owner
    ) as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows.iter_rows():
                copy.write_row(row)


@pytest.mark.parametrize("written", [as_text, as_workbooks])
def test_files_are_the_same_snapshot(
    tmp_path: Path,
    native: Path,
    expected: Manifest,
    written: Callable[[Path, Path], None],
) -> None:
    """Reliability 1: CSV and Excel beside Parquet.

    The accepted rows are the same. CSV has rejects of its own: the sample plants rows
    that only text can hold, such as one with a cell too many.
    """
    folder = tmp_path / "source"
    folder.mkdir()
    written(native, folder)
    found = snapshot(folder, tmp_path / "store", Settings())
    same(found, expected)
    assert written is as_text or rules(found) == rules(expected)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_databases_are_the_same_snapshot(
    tmp_path: Path,
    native: Path,
    expected: Manifest,
    request: pytest.FixtureRequest,
    kind: str,
) -> None:
    """Reliability 1: PostgreSQL, and MariaDB, beside Parquet."""
    server: Server = request.getfixturevalue(kind)
    chosen = settings(server, in_tables(native, server))
    found = snapshot(tmp_path, tmp_path / "store", chosen)
    same(found, expected)
    assert rules(found) == rules(expected)
    again = snapshot(tmp_path, tmp_path / "store", chosen)
    assert again.hash == expected.hash
    assert again.quarantined == expected.quarantined
    assert {file["accepted"] for file in again.files} == {0}


def same(found: Manifest, expected: Manifest) -> None:
    """The same rows, to the cent."""
    assert found.tables == expected.tables
    assert found.totals == expected.totals
    assert found.hash == expected.hash


def rules(manifest: Manifest) -> dict[str, dict[str, int]]:
    return {file["table"]: file["rules"] for file in manifest.files if file["rules"]}
