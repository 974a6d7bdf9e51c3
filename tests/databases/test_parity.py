"""One company is one snapshot, in whatever format or database it comes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest

from data.settings import Settings
from data.warehouse.manifest import Manifest
from tests.databases.conftest import settings
from tests.databases.servers import DATABASE, Server
from tests.faults.company import count_orders
from tests.same_company import Company, snapshot

pytestmark = pytest.mark.database
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


def cell(value: Any) -> Any:
    """A value as a workbook holds it: there is no empty text."""
    return value if value != "" else None


COMPANY = Company(customers=200, cell=cell)


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return COMPANY.native(tmp_path_factory.mktemp("native"))


@pytest.fixture(scope="module")
def expected(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return counted(native, tmp_path_factory.mktemp("store") / "store")


def counted(source: Path, store: Path, chosen: Settings | None = None) -> Manifest:
    return snapshot(source, store, chosen, build=count_orders)


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


@pytest.mark.parametrize("written", [COMPANY.as_text, COMPANY.as_workbooks])
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
    found = counted(folder, tmp_path / "store")
    same(found, expected)
    assert written == COMPANY.as_text or rules(found) == rules(expected)


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
    found = counted(tmp_path, tmp_path / "store", chosen)
    same(found, expected)
    assert rules(found) == rules(expected)
    again = counted(tmp_path, tmp_path / "store", chosen)
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
