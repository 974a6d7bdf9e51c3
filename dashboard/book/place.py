"""Where the book lies: a file of the store, or a PostgreSQL named by the environment.

By default it is SQLite in WAL mode, `book.sqlite` in the store, readable by its owner
only. `CUSTOMER_HEALTH_BOOK=postgresql://user@host/database` keeps it on a server;
several dashboards may write there at once. The address is never shown: it may hold a
password.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from data.errors import UnavailableError, UsageError

BOOK = "CUSTOMER_HEALTH_BOOK"
FILE = "book.sqlite"
PATIENCE = 8  # seconds that a writer waits for others before it gives up
BUSY = (
    "The book of follow-ups is busy: somebody else has been writing all the time."
    " Nothing was saved; save again."
)
READ_ONLY = (
    "The book of follow-ups can only be read here. Nothing was saved; ask whoever runs"
    " the dashboard."
)
FULL = "The disk of the book of follow-ups is full. Nothing was saved."
DAMAGED = (
    "The book of follow-ups is damaged. Nothing was saved; put a backup of it back."
)
AWAY = (
    "The book of follow-ups cannot be reached. If you were saving, save again when it"
    " can: what was saved before is not saved twice."
)
SQLITE_WORDS = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_FULL": FULL,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}
SERVER_WORDS = {
    "55P03": BUSY,  # lock not available
    "57014": BUSY,  # statement timeout
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "53100": FULL,
}


def engine_of(store: Path) -> Engine:
    """What connects to the book of a store; nothing is opened or made yet.

    Errors: UsageError when the environment names no PostgreSQL.
    """
    return _engine(store, os.environ.get(BOOK, ""))


@lru_cache(maxsize=8)
def _engine(store: Path, address: str) -> Engine:
    return _server(address) if address else _file(store / FILE)


def file_of(engine: Engine) -> Path | None:
    """The book's file; None where it lies on a server."""
    database = engine.url.database
    local = engine.dialect.name == "sqlite" and database
    return Path(database) if local and database else None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that alone may write, from its first statement on.

    Errors: UnavailableError within bounded time; then nothing was written, or, where a
    server went away, the request tells when it is sent again.
    """
    _make_private(file_of(engine))
    with told():
        base = engine.execution_options(writes=True)
        with base.begin() as connection:
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One view of the book, not disturbed by writers.

    Errors: UnavailableError when it cannot be read.
    """
    with told(), engine.begin() as connection:
        yield connection


@contextmanager
def told() -> Iterator[None]:
    """What the database cannot do, in words that hold neither address nor content."""
    try:
        yield
    except PoolTimeoutError as error:
        raise UnavailableError(BUSY) from error
    except DBAPIError as error:
        words = _words(error)
        if words is None:
            raise
        raise UnavailableError(words) from None
    except OSError as error:
        raise UnavailableError(READ_ONLY) from error


def _words(error: DBAPIError) -> str | None:
    """What to say of an error of the environment; None for one of ours."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        known = next((w for n, w in SQLITE_WORDS.items() if name.startswith(n)), None)
        return known or (AWAY if name in ("SQLITE_CANTOPEN", "SQLITE_IOERR") else None)
    state = getattr(error.orig, "sqlstate", None)
    lost = state is None or state[:2] in ("08", "57", "28", "3D")
    operational = type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    return SERVER_WORDS.get(state or "") or (AWAY if lost and operational else None)


def _server(given: str) -> Engine:
    url = _postgresql(given)
    waits = {
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": PATIENCE * 1000,
        "options": f"-c lock_timeout={PATIENCE}s -c statement_timeout={PATIENCE * 4}s",
    }
    return create_engine(url, connect_args=waits, pool_pre_ping=True, **_pool())


def _postgresql(given: str) -> URL:
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "postgres"):
        raise UsageError(
            f"{BOOK} names no PostgreSQL: it is written postgresql://user@host/name."
        )
    return url.set(drivername="postgresql+psycopg")


def _file(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    waits: dict[str, Any] = {"timeout": PATIENCE}
    engine = create_engine(url, connect_args=waits, **_pool())
    event.listen(engine, "connect", _as_ours)
    event.listen(engine, "begin", _begin)
    return engine


def _pool() -> dict[str, Any]:
    """Errors hold no content, and nobody waits longer for a connection than a lock."""
    sizes = {"pool_size": 4, "max_overflow": 12, "pool_timeout": PATIENCE}
    return {**sizes, "hide_parameters": True}


def _as_ours(connection: Any, _: Any) -> None:
    """WAL and a sync per commit: what was acknowledged outlives a power cut."""
    connection.isolation_level = None  # transactions begin and end when we say so
    for setting in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    with told():
        connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_private(path: Path | None) -> None:
    """Make the file before SQLite does, so that only its owner can ever read it."""
    if path is None or path.exists():
        return
    with told():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
