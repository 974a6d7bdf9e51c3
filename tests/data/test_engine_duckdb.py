"""One factory opens DuckDB, and what it opens is locked."""

import ast
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.engines.duckdb import MEMORY_LIMIT, connect, enter
from data.errors import UnavailableError, UsageError

ROOT = Path(__file__).resolve().parents[2]
FACTORY = ROOT / "data/engines/duckdb.py"


def opens_duckdb(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return any(
        node.attr in ("connect", "default_connection", "sql", "execute")
        and isinstance(node.value, ast.Name)
        and node.value.id == "duckdb"
        for node in names
    )


def test_only_the_factory_opens_duckdb() -> None:
    folders = ("data", "metrics", "dashboard", "pages")
    sources = [p for folder in folders for p in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if opens_duckdb(path)] == [FACTORY]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{outside}/secret.txt')",
        "SELECT * FROM read_text('{inside}/../secret.txt')",
        "SELECT * FROM read_text('{inside}/link.txt')",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "COPY (SELECT 1) TO '{outside}/copied.csv'",
        "ATTACH '{outside}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '64GB'",
        "SELECT * FROM frame",
    ],
)
def test_a_query_reaches_nothing_outside_its_folders(
    tmp_path: Path, statement: str
) -> None:
    outside, inside = tmp_path, tmp_path / "inside"
    inside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    frame = pl.DataFrame({"secret": [1]})
    connection = connect(folders=[inside])
    for cursor in (connection, connection.cursor()):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement.format(outside=outside, inside=inside)).fetchall()
    assert frame.height == 1
    assert not (outside / "copied.csv").exists()


def test_a_query_reads_and_writes_inside_its_folders(tmp_path: Path) -> None:
    connection = connect(folders=[tmp_path])
    path = str(tmp_path / "numbers.parquet")
    connection.execute("SELECT 42 AS answer").fetchall()
    connection.sql("SELECT 42 AS answer").write_parquet(path)
    assert connection.read_parquet(path).fetchall() == [(42,)]


def test_times_are_utc_on_every_cursor() -> None:
    cursor = connect().cursor()
    query = "SELECT CAST(TIMESTAMPTZ '2026-01-01 00:00:00+08' AS VARCHAR)"
    assert cursor.execute(query).fetchall() == [("2025-12-31 16:00:00+00",)]


def test_a_new_file_can_be_read_by_the_oldest_supported_duckdb(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    connection = connect(path)
    connection.execute("CREATE TABLE numbers AS SELECT 42 AS answer")
    tags = connection.execute(
        "SELECT tags['storage_version'] FROM duckdb_databases() WHERE path = ?",
        [str(path)],
    ).fetchall()
    assert tags[0][0].startswith("v1.5.0")


def test_a_file_is_opened_read_only_any_number_of_times(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    writer = connect(path)
    writer.execute("CREATE TABLE numbers AS SELECT 42 AS answer")
    writer.close()
    readers = [connect(path, read_only=True) for _ in range(3)]
    for reader in readers:
        cursor = enter(reader.cursor())
        assert cursor.execute("SELECT answer FROM numbers").fetchall() == [(42,)]
        cursor.execute("CREATE TEMP TABLE own AS SELECT 1")
        with pytest.raises(duckdb.Error):
            cursor.execute("CREATE TABLE numbers_2 AS SELECT 1")


def test_a_missing_or_damaged_file_is_told_in_words(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(b"not a database" * 1000)
    for path in (tmp_path / "missing.duckdb", damaged):
        with pytest.raises(UnavailableError, match=r"cannot be opened"):
            connect(path, read_only=True)


def test_memory_is_limited_and_the_limit_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(MEMORY_LIMIT, "500MB")
    limit = connect().execute("SELECT current_setting('memory_limit')").fetchall()
    assert limit == [("476.8 MiB",)]
    monkeypatch.setenv(MEMORY_LIMIT, "plenty")
    with pytest.raises(UsageError, match=MEMORY_LIMIT):
        connect()
