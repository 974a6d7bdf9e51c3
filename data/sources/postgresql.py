"""PostgreSQL as a source, by psycopg and COPY."""

import io
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Final

import polars as pl
import psycopg
from psycopg import sql

from data.database import DatabaseSettings
from data.errors import UnavailableError
from data.sources.database import (
    GRACE,
    ROWS,
    SIZE,
    Chunk,
    DatabaseError,
    NoAnswerError,
)
from data.sources.extracts import names

# It warns of broken connections in the server's words, which may quote cells.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)
NO_FILE: Final = f"{os.devnull}/none"  # passwords are never taken from ~/.pgpass
SETTLED: Final[Mapping[str, str]] = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "extra_float_digits": "3",
    "lc_monetary": "C",
    "row_security": "off",  # a policy that hides rows is an error, and hides none
    "idle_in_transaction_session_timeout": "0",
    "synchronize_seqscans": "off",  # rows come in the table's order, each time
}
CODES: Final[Mapping[str, str]] = {
    "22021": "text",
    "22P05": "text",
    "25P03": "lost",
    "42501": "denied",
    "42601": "syntax",
    "42703": "column",
    "42P01": "table",
    "3F000": "table",
    "57014": "slow",
}
CLASSES: Final[Mapping[str, str]] = {
    "08": "lost",
    "0A": "syntax",
    "22": "value",
    "25": "writes",
    "40": "busy",
    "42": "syntax",
    "53": "busy",
    "55": "busy",
    "57": "lost",
}
KNOWS_AUTH: Final = 160_000  # the first libpq that can be told
HUNG_UP: Final = ("server closed the connection", "could not receive data", "SYSCALL")
BOOLEAN, BYTES, FLOATS = 16, 17, (700, 701)  # types by their numbers in pg_type
ARRAYS: Final = "SELECT oid FROM pg_catalog.pg_type WHERE typcategory = 'A'"
ESCAPED: Final[Mapping[str, str]] = {
    r"\\": "\\",
    r"\b": "\b",
    r"\f": "\f",
    r"\n": "\n",
    r"\r": "\r",
    r"\t": "\t",
    r"\v": "\v",
}


def connect(settings: DatabaseSettings, password: str) -> "Postgresql":
    """Be let in; what the machine's PG* variables say is not used.

    Errors: NoAnswerError when nobody answers, UnavailableError when the user is not let
    in.
    """
    try:
        with _nothing_ambient():
            connection = psycopg.connect(
                host=settings.host,
                port=settings.at,
                dbname=settings.name,
                user=settings.user,
                password=password or None,
                passfile=NO_FILE,
                sslmode=settings.tls,
                sslrootcert=_authorities(settings),
                gssencmode="disable",  # TLS is what sslmode speaks of
                require_auth=_acceptable(settings),
                connect_timeout=settings.connect_seconds,
                client_encoding="UTF8",
                application_name="customer-health",
                prepare_threshold=None,
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
            )
    except psycopg.Error as error:
        raise _turned_away(error) from None
    return Postgresql(connection, settings.statement_seconds)


class Postgresql:
    """One REPEATABLE READ, READ ONLY transaction."""

    def __init__(self, connection: psycopg.Connection, seconds: int) -> None:
        self.connection = connection
        self.seconds = seconds
        self.late = False
        self.arrays: frozenset[int] = frozenset()

    def begin(self) -> None:
        """Begin the transaction, with settings that last as long as it does."""
        self.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.connection.read_only = True
        settled = {**SETTLED, "statement_timeout": f"{self.seconds}s"}
        with self._asking(), self.connection.cursor() as cursor:
            for name, value in settled.items():
                cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
            cursor.execute(ARRAYS)
            self.arrays = frozenset(oid for (oid,) in cursor)

    def table(self, name: str) -> str:
        """The SELECT of a whole table, its name quoted."""
        quoted = sql.Identifier(*name.split("."))
        return sql.SQL("SELECT * FROM {}").format(quoted).as_string(self.connection)

    def count(self, query: str) -> int:
        """How many rows a query has; refuses what is not one SELECT.

        The server first parses the query by itself, so that its brackets are its own;
        only then does it stand between ours, where nothing but a SELECT can.
        """
        with self._asking(), self.connection.cursor() as cursor:
            # Only the protocol of binary results refuses a second statement.
            cursor.execute(f"PREPARE asked AS {query}".encode(), binary=True)
            cursor.execute("DEALLOCATE asked")
            found = cursor.execute(_within("SELECT count(*) FROM", query)).fetchone()
        return int(found[0]) if found else 0

    def rows(self, query: str) -> Iterator[Chunk]:
        """The result of a query that was counted, in chunks of bounded size."""
        with self._asking(), self.connection.cursor() as cursor:
            cursor.execute(_within("SELECT * FROM", query, "LIMIT 0"))
            about = cursor.description or ()
            headers = tuple(column.name for column in about)
            kinds = tuple(column.type_code for column in about)
            with cursor.copy(f"COPY (\n{query}\n) TO STDOUT".encode()) as copy:
                for lines in _blocks(copy):
                    yield Chunk(headers, self._typed(_cells(lines, len(kinds)), kinds))

    def close(self) -> None:
        """End the transaction and the connection."""
        self.connection.close()

    def _typed(self, rows: pl.DataFrame, kinds: tuple[int, ...]) -> pl.DataFrame:
        """Floats and flags in their own types; bytes and arrays are no cells."""
        return rows.with_columns(
            _in_type(pl.col(name), kind, self.arrays)
            for name, kind in zip(rows.columns, kinds, strict=True)
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Say what goes wrong, and end a wait that the server itself does not end."""
        clock = Timer(self.seconds + GRACE, self._cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        except psycopg.Error as error:
            raise DatabaseError(self._problem(error), error.sqlstate or "") from None
        finally:
            clock.cancel()

    def _cut(self) -> None:
        self.late = True
        try:
            with socket.socket(fileno=os.dup(self.connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        except (psycopg.Error, OSError):  # it was closed in this very moment
            return

    def _problem(self, error: psycopg.Error) -> str:
        code = error.sqlstate or ""
        if self.late or not code:
            return "slow" if self.late else "lost"
        return CODES.get(code) or CLASSES.get(code[:2], "other")


def _within(head: str, query: str, tail: str = "") -> bytes:
    """A query that was parsed, inside of ours; its last line may be a comment."""
    return f"{head} (\n{query}\n) AS asked {tail}".encode()


@contextmanager
def _nothing_ambient() -> Iterator[None]:
    """Hide variables such as PGHOST and PGSERVICE, which libpq would obey."""
    found = {name: os.environ.pop(name) for name in [*os.environ] if name[:2] == "PG"}
    try:
        yield
    finally:
        os.environ.update(found)


def _authorities(settings: DatabaseSettings) -> str | None:
    """Who has to have signed the server's certificate."""
    if settings.tls == "verify-full":
        return settings.ca_file or "system"
    return settings.ca_file


def _acceptable(settings: DatabaseSettings) -> str | None:
    """Where TLS may be missing, a server that asks for the plain password gets none."""
    able = psycopg.pq.version() >= KNOWS_AUTH
    return "!password" if able and settings.tls in ("disable", "prefer") else None


def _turned_away(error: psycopg.Error) -> Exception:
    """Who was asked for a password was answered, unless the line broke then.

    There is no code at this point, only words; libpq's own are not translated.
    """
    asked = error.pgconn
    broken = any(words in str(error) for words in HUNG_UP)
    if asked and not broken and (asked.needs_password or asked.used_password):
        return UnavailableError(
            "The database does not let the user in: check name, user and password_env"
            " in [database], and the password in the variable that it names."
        )
    return NoAnswerError()


def _blocks(copy: psycopg.Copy) -> Iterator[list[bytes]]:
    """The lines of a result, of which each is a row; the last block may be empty."""
    lines: list[bytes] = []
    size = 0
    for line in copy:
        lines.append(bytes(line))
        size += len(line)
        if size >= SIZE or len(lines) >= ROWS:
            yield lines
            lines, size = [], 0
    yield lines


def _cells(lines: list[bytes], width: int) -> pl.DataFrame:
    r"""Cells as COPY writes them: parted by tabs, and \N where there is none."""
    columns = names(width)
    head = "\t".join(columns).encode() + b"\n"
    if not lines or not columns:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    rows = pl.read_csv(
        io.BytesIO(head + b"".join(lines)),
        separator="\t",
        quote_char=None,
        infer_schema=False,
        null_values=[r"\N"],
        empty_string_is_null=False,
    )
    escaped = [
        cells.name for cells in rows if cells.str.contains("\\", literal=True).any()
    ]
    return rows.with_columns(
        pl.col(escaped).str.replace_many(list(ESCAPED), list(ESCAPED.values()))
    )


def _in_type(cells: pl.Expr, kind: int, arrays: frozenset[int]) -> pl.Expr:
    if kind in FLOATS:
        return cells.cast(pl.Float64)
    if kind == BOOLEAN:
        return cells == "t"
    if kind == BYTES:
        return pl.lit(None, pl.Binary).alias(cells.meta.output_name())
    if kind in arrays:
        return pl.lit(None, pl.List(pl.String)).alias(cells.meta.output_name())
    return cells
