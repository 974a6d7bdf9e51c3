"""The one place that opens DuckDB: locked down, in UTC, with bounded memory.

DuckDB's defaults let a query read any file, fetch from the network and see Python
variables as tables. A connection from here sees the folders that it was given and
nothing else, and its configuration cannot be changed again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.errors import UnavailableError, UsageError

MEMORY_LIMIT = "CUSTOMER_HEALTH_MEMORY_LIMIT"
THREADS = "CUSTOMER_HEALTH_THREADS"
STORAGE_VERSION = "v1.5.0"  # read by every DuckDB from 1.5 on; the default is not
ATTACHED = "snapshot"


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    folders: Sequence[Path] = (),
    scratch: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open DuckDB in memory, or on the file at `path`, confined to `folders`.

    A read-only file is attached to a database in memory, so that it can be opened
    any number of times in one process; each new cursor of such a connection has to
    enter it by `enter`. Work that outgrows the memory limit spills to `scratch`;
    where there is none, it fails.

    Errors: UnavailableError when the file cannot be opened.
    """
    try:
        connection = _open(path, read_only=read_only)
    except duckdb.Error as error:
        raise UnavailableError(
            f"The database {path} cannot be opened ({type(error).__name__})."
        ) from error
    _lock(connection, folders, scratch)
    return connection


def enter(cursor: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Make the attached read-only file the place where a new cursor finds tables."""
    cursor.execute(f"USE {ATTACHED}")
    return cursor


def _open(path: Path | None, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    if path is None:
        return duckdb.connect(":memory:")
    if not read_only:
        return duckdb.connect(
            str(path), config={"storage_compatibility_version": STORAGE_VERSION}
        )
    connection = duckdb.connect(":memory:")
    connection.execute(f"ATTACH {_text(path)} AS {ATTACHED} (READ_ONLY)")
    return enter(connection)


def _lock(
    connection: duckdb.DuckDBPyConnection,
    folders: Sequence[Path],
    scratch: Path | None,
) -> None:
    limit = os.environ.get(MEMORY_LIMIT, "2GB")
    settings = {
        "TimeZone": "'UTC'",
        "enable_progress_bar": "false",
        "preserve_insertion_order": "false",
        "python_enable_replacements": "false",
        "temp_directory": _text(scratch or ""),  # DuckDB allows access to it too
        "allowed_directories": f"[{', '.join(map(_folder, folders))}]",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
    }
    _limit(connection, "memory_limit", limit, MEMORY_LIMIT)
    if THREADS in os.environ:
        _limit(connection, "threads", os.environ[THREADS], THREADS)
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")
    connection.execute("SET lock_configuration = true")


def _limit(
    connection: duckdb.DuckDBPyConnection, name: str, value: str, variable: str
) -> None:
    try:
        connection.execute(f"SET {name} = {_text(value)}")
    except duckdb.Error as error:
        raise UsageError(f"{variable} is not a valid {name}, such as 3GB or 2.") from (
            error
        )


def _folder(folder: Path) -> str:
    return _text(f"{folder.resolve()}/")


def _text(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
