"""Tables of a company's database: one session for a delivery, read only, counted.

All tables are read in one transaction that sees the database as it was when the
transaction began, so that they agree with each other, and nothing can be written in
it. What a server says in its errors holds values, so its words are never repeated:
only its code is.
"""

import importlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import polars as pl

from data.database import DatabaseSettings
from data.errors import DashboardError, RefusedError, UnavailableError, UsageError
from data.mapping import TableSettings
from data.sources.extracts import FLAWS, Broken, Extract, Notice

MODULES: Final = {
    "postgresql": "data.sources.postgresql",
    "mysql": "data.sources.mysql",
}
ROWS: Final = 100_000  # of one extract
SIZE: Final = 16 * 1024 * 1024  # bytes of its cells
GRACE: Final = 15  # seconds more than the server has to end a statement by itself
PAUSES: Final = (1, 2, 4, 8, 15, 30, 30, 30, 30)  # seconds between tries to connect

PROBLEMS: Final[dict[str, tuple[type[DashboardError], str]]] = {
    "lost": (
        UnavailableError,
        "the connection to the database broke; nothing was loaded. Run again.",
    ),
    "slow": (
        UnavailableError,
        "the database took longer than statement_seconds; nothing was"
        " loaded. Raise it in [database], or ask for less.",
    ),
    "busy": (
        UnavailableError,
        "the database could not answer now; nothing was loaded. Run again.",
    ),
    "table": (
        RefusedError,
        "there is no such table in the database. Its name is written here as"
        " there, capital letters included, with its schema where it is in another.",
    ),
    "column": (
        RefusedError,
        "the database_query names a column that is not there.",
    ),
    "denied": (
        RefusedError,
        "the database does not let this user read all of it. Grant SELECT; where row"
        " security would hide rows, without a word, let the user bypass it, or read a"
        " view of the rows that are meant.",
    ),
    "twice": (
        RefusedError,
        "the database_query has two columns of one name; give each its own.",
    ),
    "value": (
        RefusedError,
        "a value does not fit what the database_query does with it; run the"
        " query by itself to see which.",
    ),
    "writes": (
        UsageError,
        "the database_query would write; it may only read.",
    ),
    "syntax": (
        UsageError,
        "the database_query is not one SELECT that the database understands.",
    ),
    "text": (
        RefusedError,
        "the database holds bytes that are no text (rule encoding).",
    ),
    "other": (
        RefusedError,
        "the database could not answer; run its query by itself to see why.",
    ),
}


class NoAnswerError(Exception):
    """Nobody answered a try to connect; the next one may have more luck."""


class DatabaseError(Exception):
    """What went wrong while reading: a key of `PROBLEMS`, and the server's code."""

    def __init__(self, problem: str, code: str = "") -> None:
        super().__init__(problem)
        self.problem, self.code = problem, code


@dataclass(frozen=True)
class Chunk:
    """Some rows of a result: text, or the server's own type where it is a plain one.

    `rows` has one column per column of the result, named by its position from 1.
    `flaws` are cells that the server could not tell exactly, as in an extract.
    """

    headers: tuple[str, ...]
    rows: pl.DataFrame
    flaws: pl.DataFrame = field(default_factory=FLAWS.to_frame)


class Session(Protocol):
    """A transaction that reads; its methods raise `DatabaseError`."""

    def table(self, name: str) -> str:
        """The SELECT of a whole table, its name quoted."""

    def count(self, query: str) -> int:
        """How many rows a query has; refuses what is not one SELECT."""

    def rows(self, query: str) -> Iterator[Chunk]:
        """The result of a query that was counted, in chunks of bounded size.

        There is at least one, which may be empty.
        """

    def close(self) -> None:
        """End the transaction and the connection."""


@dataclass(frozen=True)
class Database:
    """The company's database, open for one delivery."""

    kind: str
    session: Session

    def read(self, name: str, table: TableSettings) -> Iterator[Extract]:
        """The rows of a table; a row's line is its number in the result, from 1.

        Errors: UsageError when the query is not one SELECT; RefusedError when it
        cannot be answered, or gives other rows than were counted; UnavailableError
        when the connection breaks or the time is over.
        """
        source = f"{self.kind}:{name}"
        try:
            yield from self._extracts(source, table)
        except DatabaseError as error:
            raise told(error, source) from None

    def _extracts(self, source: str, table: TableSettings) -> Iterator[Extract]:
        named = table.database_table
        query = self.session.table(named) if named else table.database_query or ""
        counted, read = self.session.count(query), 0
        words = f"{counted} rows in the database."
        notices: tuple[Notice, ...] = (Notice("source_rows", source, words, counted),)
        for chunk in self.session.rows(query):
            yield replace(_extract(source, chunk, read + 1), notices=notices)
            read += chunk.rows.height
            notices = ()
        if read != counted:
            raise RefusedError(
                f"{source}: the database counted {counted} rows and gave {read};"
                " nothing was loaded. A query has to give the same rows each time, and"
                " a table of MySQL has to be kept by InnoDB."
            )


@contextmanager
def opened(settings: DatabaseSettings) -> Iterator[Database]:
    """A session with the database, for one delivery; it ends with nothing changed.

    Errors: UnavailableError when nobody answers, or the user is not let in; UsageError
    when there is no `ca_file`.
    """
    if settings.ca_file and not os.access(settings.ca_file, os.R_OK):
        raise UsageError("The ca_file of [database] is no file that can be read.")
    driver = importlib.import_module(MODULES[settings.kind])  # they are slow to import
    secret = _password(settings)
    try:
        session = _patiently(lambda: driver.connect(settings, secret), settings)
    except DatabaseError as error:
        raise told(error, settings.kind) from None
    try:
        yield Database(settings.kind, session)
    finally:
        session.close()


def told(error: DatabaseError, source: str) -> DashboardError:
    """What went wrong in our own words; of the server's there is only the code."""
    kind, words = PROBLEMS[error.problem]
    code = f" (The database's code: {error.code}.)" if error.code else ""
    return kind(f"{source}: {words}{code}")


def _password(settings: DatabaseSettings) -> str:
    """The password; its variable is not named in words, lest it be the password."""
    if settings.password_env is None:
        return ""
    found = os.environ.get(settings.password_env, "")
    if not found:
        raise UnavailableError(
            "The environment variable that password_env of [database] names is not"
            " set; it holds the password of the database's user."
        )
    return found


def _patiently(attempt: Callable[[], Session], settings: DatabaseSettings) -> Session:
    """Try to connect again after a while; who is not let in is not tried again."""
    for pause in (*PAUSES[: settings.connect_tries - 1], None):
        try:
            return attempt()
        except NoAnswerError:
            if pause is not None:
                time.sleep(pause)
    raise UnavailableError(
        f"The database did not answer ({settings.connect_tries} tries): is it running,"
        " are host, port and name in [database] right, and does it offer TLS as"
        f" sslmode {settings.tls} asks?"
    )


def _extract(source: str, chunk: Chunk, first: int) -> Extract:
    end = first + chunk.rows.height
    line = pl.int_range(first, end, dtype=pl.Int64, eager=True).alias("line")
    return Extract(
        source,
        chunk.headers,
        chunk.rows,
        line,
        line,
        Broken().frame(),
        flaws=chunk.flaws,
        described=True,
    )
