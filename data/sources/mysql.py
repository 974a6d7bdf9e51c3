"""MySQL and MariaDB as a source, by PyMySQL and unbuffered rows."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

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
from data.sources.extracts import FLAWS, names

AS_WRITTEN: Final[dict[Any, Any]] = dict(encoders)  # with no decoders for cells
Cell = str | bytes | None
SHOWN_DIGITS: Final = 6  # of a FLOAT; where there are as many, there may be more
SETTLED: Final = (
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION net_write_timeout = 3600",  # rows wait while those before are checked
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
NOT_LET_IN: Final = (1044, 1045, 1049, 1130, 1251, 1698, 1820, 1862, 3118, 4151)
VALUES: Final = "22"  # the class of what the standard calls data exceptions
CODES: Final[Mapping[int, str]] = {
    1040: "busy",
    1054: "column",
    1060: "twice",
    1064: "syntax",
    1142: "denied",
    1143: "denied",
    1146: "table",
    1203: "busy",
    1205: "busy",
    1213: "busy",
    1227: "denied",
    1235: "syntax",
    1295: "syntax",
    1305: "syntax",
    1317: "lost",
    1356: "denied",
    1370: "denied",
    1792: "writes",
    1927: "lost",
    1969: "slow",
    2006: "lost",
    2013: "lost",
    3024: "slow",
    4031: "lost",
}


class Stream(SSCursor):
    """Rows as they come; who leaves before the last one ends the connection.

    PyMySQL would read the rest, however long it is, also of a broken connection.
    """

    connection: Any
    _result: Any

    def close(self) -> None:
        """End the result, and with what is left of it the connection."""
        result, line = self._result, self.connection
        if result is not None and result.unbuffered_active:
            result.unbuffered_active = False
            if line is not None and line.open:
                line.close()
        self.connection = None

    __del__ = close


class Refuse:
    """Never tell a server the password in clear text because it says so."""

    def __init__(self, connection: object) -> None:
        self.connection = connection

    def authenticate(self, packet: object) -> None:
        """Go away."""
        raise pymysql.OperationalError(1251, "not in clear text")


def connect(settings: DatabaseSettings, password: str) -> "Mysql":
    """Be let in.

    Errors: NoAnswerError when nobody answers, UnavailableError when the user is not let
    in.
    """
    socket = settings.host if settings.host.startswith("/") else None
    try:
        connection = pymysql.connect(
            host="localhost" if socket else settings.host,
            unix_socket=socket,
            port=settings.at,
            database=settings.name,
            user=settings.user,
            password=password.encode(),
            charset="utf8mb4",
            conv=AS_WRITTEN,
            cursorclass=Stream,
            connect_timeout=settings.connect_seconds,
            read_timeout=settings.connect_seconds,
            auth_plugin_map={"mysql_clear_password": Refuse, "dialog": Refuse},
            **_encrypted(settings),
        )
    except (pymysql.MySQLError, OSError, RuntimeError, UnicodeError) as error:
        raise _turned_away(error) from None
    return Mysql(connection, settings.statement_seconds)


class Mysql:
    """One REPEATABLE READ, READ ONLY transaction with a consistent snapshot."""

    def __init__(self, connection: "pymysql.Connection[Stream]", seconds: int) -> None:
        self.connection = connection
        self.seconds = seconds

    def begin(self) -> None:
        """Begin the transaction, with bounds for each statement."""
        # PyMySQL has no public way to wait longer for rows than for being let in.
        self.connection._read_timeout = self.seconds + GRACE  # type: ignore[attr-defined] # PyMySQL has no public one
        with _asking():
            mariadb = "mariadb" in self._run("SELECT version()")[0][0].lower()
            bound = f"max_statement_time = {self.seconds}"
            if not mariadb:
                bound = f"max_execution_time = {self.seconds * 1000}"
            for statement in (f"SET SESSION {bound}", *SETTLED):
                self._run(statement)

    def table(self, name: str) -> str:
        """The SELECT of a whole table, its name quoted."""
        parts = (part.replace("`", "``") for part in name.split("."))
        return f"SELECT * FROM {'.'.join(f'`{part}`' for part in parts)}"  # noqa: S608

    def count(self, query: str) -> int:
        """How many rows a query has; refuses what is not one SELECT.

        The server first parses the query by itself, so that its brackets are its own;
        only then does it stand between ours, where nothing but a SELECT can, and none
        that writes a file.
        """
        text = query.encode().hex()
        counted = f"SELECT count(*) FROM (\n{query}\n) AS asked"  # noqa: S608 parsed
        with _asking():
            self._run(f"SET @asked = CONVERT(X'{text}' USING utf8mb4)")
            self._run("PREPARE asked FROM @asked")
            self._run("DEALLOCATE PREPARE asked")
            return int(self._run(counted)[0][0])

    def rows(self, query: str) -> Iterator[Chunk]:
        """The result of a query that was counted, in chunks of bounded size."""
        with _asking(), self.connection.cursor() as cursor:
            cursor.execute(query)
            about = cursor.description or ()
            headers = tuple(str(column[0]) for column in about)
            kinds = [int(column[1]) for column in about]
            for rows in _blocks(cursor):
                yield _chunk(headers, kinds, rows)

    def close(self) -> None:
        """End the transaction and the connection."""
        if self.connection.open:
            self.connection.close()

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall_unbuffered()) if cursor.description else []


@contextmanager
def _asking() -> Iterator[None]:
    """Say what goes wrong by our own names."""
    try:
        yield
    except UnicodeDecodeError:
        raise DatabaseError("text") from None
    except pymysql.MySQLError as error:
        raise DatabaseError(_problem(error), str(_code(error) or "")) from None
    except (OSError, RuntimeError):  # a server that asks for files, a broken line
        raise DatabaseError("lost") from None


def _problem(error: pymysql.MySQLError) -> str:
    state = getattr(error, "sqlstate", None) or ""
    return CODES.get(_code(error), "value" if state[:2] == VALUES else "other")


def _encrypted(settings: DatabaseSettings) -> dict[str, Any]:
    """How the connection is encrypted; PyMySQL by itself prefers that it is."""
    if settings.tls in ("disable", "prefer"):
        return {"ssl_disabled": settings.tls == "disable"}
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.check_hostname = settings.tls == "verify-full"
    if settings.tls == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _turned_away(error: Exception) -> Exception:
    if _code(error) in NOT_LET_IN:
        return UnavailableError(
            "The database does not let the user in: check name, user and password_env"
            " in [database], and the password in the variable that it names."
        )
    return NoAnswerError()


def _code(error: Exception) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def _blocks(cursor: Stream) -> Iterator[list[tuple[Cell, ...]]]:
    """The rows of a result in blocks of bounded size; the last one may be empty."""
    rows: list[tuple[Cell, ...]] = []
    size = 0
    for row in cursor.fetchall_unbuffered():
        rows.append(row)
        size += sum(len(cell) for cell in row if cell)
        if size >= SIZE or len(rows) >= ROWS:
            yield rows
            rows, size = [], 0
    yield rows


def _chunk(
    headers: tuple[str, ...], kinds: Sequence[int], rows: list[tuple[Cell, ...]]
) -> Chunk:
    columns = list(zip(*rows, strict=True)) or [()] * len(headers)
    cells, flaws = [], [FLAWS.to_frame()]
    for name, kind, values in zip(names(len(headers)), kinds, columns, strict=True):
        cells.append(_cells(name, kind, values))
        if kind == FIELD_TYPE.FLOAT:
            flaws.append(_rounded(int(name), values))
    return Chunk(headers, pl.DataFrame(cells), pl.concat(flaws))


def _cells(name: str, kind: int, values: Sequence[Any]) -> pl.Series:
    """Cells as text, floats as floats; bytes are no cells, unless they are bits."""
    if kind == FIELD_TYPE.BIT:
        values = [None if v is None else str(int.from_bytes(v)) for v in values]
    if any(isinstance(value, bytes) for value in values):
        return pl.Series(name, [None] * len(values), pl.Binary)
    cells = pl.Series(name, values, pl.String)
    if kind == FIELD_TYPE.TIMESTAMP:  # a moment: the session's zone is UTC
        return cells + "+00:00"
    if kind in (FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE):
        return cells.cast(pl.Float64)
    return cells


def _rounded(position: int, values: Sequence[Cell]) -> pl.DataFrame:
    """The cells of a FLOAT that show as many digits as it ever shows."""
    digits = pl.Series(values, dtype=pl.String).str.replace(r"[eE].*$", "")
    shown = digits.str.replace_all(r"[-.]", "").str.strip_chars_start("0")
    index = (shown.str.len_chars() >= SHOWN_DIGITS).fill_null(value=False).arg_true()
    return pl.DataFrame({"index": index.cast(pl.Int64)}).with_columns(
        position=pl.lit(position, pl.Int64), rule=pl.lit("precision_lost")
    )
