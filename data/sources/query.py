"""A table as a SQL query over the source folder's files, in a confined DuckDB."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from data.engines.duckdb import connect
from data.errors import RefusedError, UsageError
from data.sources import columnar
from data.sources.extracts import Extract, Notice
from data.sources.files import checked

LITERAL: Final = re.compile(r"'([^']+\.(?:csv|parquet|txt|tsv))'", re.IGNORECASE)
SAFE_TO_SHOW: Final = (
    duckdb.BinderException,
    duckdb.ParserException,
    duckdb.CatalogException,
)


def read(name: str, source: Path, sql: str) -> Iterator[Extract]:
    """The query's result; a row's file is the query's name and its line its number.

    Errors: UsageError when it is not one SELECT; RefusedError when it fails. Neither
    shows a cell's value.
    """
    shown = f"query {name}"
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.parquet"
        notices = _run(sql, name, source, result)
        for extract in columnar.read(result, shown):
            yield replace(extract, notices=notices)
            notices = ()


def _run(sql: str, name: str, source: Path, result: Path) -> tuple[Notice, ...]:
    for path in _named(sql, source):
        checked(path, source)  # reading a pipe would never end
    connection = connect(None, folders=(source, result.parent), scratch=result.parent)
    try:
        query = _one_select(connection, _rooted(sql, source), name)
        connection.execute(f"CREATE TEMP VIEW asked AS {query}")
        connection.execute(f"COPY (FROM asked) TO {_text(result)} (FORMAT parquet)")
        return tuple(_counted(connection, sql, source))
    except duckdb.Error as error:
        raise RefusedError(f"tables.{name}.query failed: {_words(error)}.") from None
    finally:
        connection.close()


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str, name: str) -> str:
    statements = connection.extract_statements(sql)
    selects = [each for each in statements if each.type == duckdb.StatementType.SELECT]
    if len(statements) != 1 or not selects:
        raise UsageError(f"tables.{name}.query must be one SELECT.")
    return str(statements[0].query)


def _rooted(sql: str, source: Path) -> str:
    """The query with its files' names made whole: DuckDB's own search is locked."""

    def whole(match: re.Match[str]) -> str:
        return _text(source / match[1]) if _exists(match[1], source) else match[0]

    return LITERAL.sub(whole, sql)


def _named(sql: str, source: Path) -> Iterator[Path]:
    """The files that a query names."""
    for pattern in LITERAL.findall(sql):
        if _exists(pattern, source):
            yield from source.glob(pattern)


def _exists(pattern: str, source: Path) -> bool:
    plain = not pattern.startswith("/") and ".." not in pattern
    return plain and any(source.glob(pattern))


def _counted(
    connection: duckdb.DuckDBPyConnection, sql: str, source: Path
) -> Iterator[Notice]:
    """How many rows each file that the query reads has."""
    for pattern in dict.fromkeys(LITERAL.findall(sql)):
        if not _exists(pattern, source):
            continue
        parquet = pattern.lower().endswith(".parquet")
        reader = "read_parquet" if parquet else "read_csv"
        found = connection.execute(
            f"SELECT count(*) FROM {reader}({_text(source / pattern)})"  # noqa: S608
        ).fetchall()
        count = int(found[0][0])
        yield Notice("source_rows", pattern, f"{count} rows read.", count)


def _words(error: duckdb.Error) -> str:
    """What went wrong; only errors about the query itself are quoted."""
    if isinstance(error, SAFE_TO_SHOW):
        return str(error).splitlines()[0].rstrip(".")
    return f"{type(error).__name__}; run it by itself on the files to see why"


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
