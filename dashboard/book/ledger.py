"""The book itself: reads records, and writes each request in one transaction.

A write is told apart by its request: sent again it returns what came of it the first
time and writes nothing. An edit carries the version that it was made from; when another
one has been written since, it is refused with both. Writers take turns, so that what is
checked in a transaction still holds when it commits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, inspect, select

from dashboard.book import chain, place, rows
from dashboard.book.records import NotAllowedError, Pen, Record, Seen
from dashboard.book.saving import Writing
from dashboard.book.tables import (
    HEAD,
    LAYOUT,
    META,
    METADATA,
    RECORDS,
    REQUESTS,
    TRIGGERS,
    VERSIONS,
)
from data.errors import UnavailableError
from data.vault import Place, Vault
from data.warehouse.keys import open_vault
from data.warehouse.store import Store

CHUNK = 5000  # customers per query: databases bound the parameters of one
MAKING = 7_274_123  # PostgreSQL's lock while the tables are made; any number does
Clock = Callable[[], datetime]


def now() -> datetime:
    """The server's clock; never a form's."""
    return datetime.now(UTC)


class Book:
    """The book of one store. `clock` is the server's; a test brings another."""

    def __init__(self, store: Path, engine: Engine, vault: Vault, clock: Clock) -> None:
        self.store = store
        self.engine = engine
        self.vault = vault
        self.clock = clock
        self._ready = False

    def write(
        self, pen: Pen, asked: object, change: Callable[[Writing], object]
    ) -> tuple[Record, ...]:
        """Run a change in one transaction; what it wrote, or had written before.

        `asked` tells what the request is about: the same request about something else
        is refused.

        Errors: UnavailableError within bounded time when the book cannot be written;
        ConflictError, NotAllowedError. Nothing is written then.
        """
        self._prepare()
        digest = self._digest(asked)
        with place.writing(self.engine) as connection:
            head = chain.held(connection)
            again = self._answered(connection, pen, digest)
            if again is not None:
                return again
            work = Writing(pen, connection, self.vault, self.clock())
            change(work)
            head = work.keep(head, digest)
        chain.drop_anchor(self.store, head)
        return tuple(step.after for step in work.steps)

    def records(
        self, asked: Select[Any], customers: Sequence[str] | None = None
    ) -> list[Record]:
        """The records that a query finds, of these customers or of all.

        Errors: UnavailableError when the book cannot be read.
        """
        if not self.exists():
            return []
        with place.reading(self.engine) as connection:
            found = list(_found(connection, asked, customers))
        return [rows.record_of(self.vault, row) for row in found]

    def record(self, wanted: str) -> Record:
        """A record as it stands.

        Errors: NotAllowedError when there is none.
        """
        found = self.records(rows.standing().where(RECORDS.c.id == wanted))
        if not found:
            raise NotAllowedError("gone", "There is no such entry.")
        return found[0]

    def versions(self, wanted: str) -> list[Record]:
        """All versions of a record, the first one first."""
        ours = select(VERSIONS).where(VERSIONS.c.record_id == wanted)
        return self.records(ours.order_by(VERSIONS.c.version))

    def head(self) -> chain.Head:
        """The last entry of the audit: its number grows with every write."""
        if not self.exists():
            return chain.Head(0, chain.START)
        with place.reading(self.engine) as connection:
            row = connection.execute(select(HEAD)).one()
        return chain.Head(row.seq, row.hash)

    def exists(self) -> bool:
        """Whether anything was ever written.

        Errors: UnavailableError when it cannot be told, another version of the program
        made the book, or another store uses the same database.
        """
        if self._ready:
            return True
        file = place.file_of(self.engine)
        if file is not None and not file.exists():
            return False
        with place.told():
            found = inspect(self.engine).has_table(META.name)
        if found:
            self._check_ours()
        self._ready = found
        return found

    def _digest(self, asked: object) -> str:
        text = json.dumps(asked, ensure_ascii=False, sort_keys=True, default=str)
        return self.vault.digest(Place("asked", ""), text)

    def _answered(
        self, connection: Connection, pen: Pen, asked: str
    ) -> tuple[Record, ...] | None:
        """What came of a request that was answered before; None of a new one."""
        ours = select(REQUESTS).where(REQUESTS.c.request == pen.request)
        noted = connection.execute(ours.order_by(REQUESTS.c.place)).all()
        if not noted:
            return None
        if noted[0].asked != asked:
            raise NotAllowedError(
                "sent", "This form was saved before; open it again to write more."
            )
        seen = [Seen(row.record_id, row.version) for row in noted if row.record_id]
        return tuple(rows.version(connection, self.vault, each) for each in seen)

    def _prepare(self) -> None:
        """Make the tables at the first write."""
        if self.exists():
            return
        with place.writing(self.engine) as connection:
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MAKING})")
            if not inspect(connection).has_table(META.name):
                self._make(connection)
        self.exists()

    def _make(self, connection: Connection) -> None:
        METADATA.create_all(connection)
        for text in TRIGGERS[self.engine.dialect.name]:
            connection.exec_driver_sql(text)
        facts = {"layout": str(LAYOUT), "key": self.vault.identity}
        meta = [{"name": name, "value": value} for name, value in facts.items()]
        connection.execute(insert(META), meta)
        connection.execute(insert(HEAD), {"id": 1, "seq": 0, "hash": chain.START})

    def _check_ours(self) -> None:
        with place.reading(self.engine) as connection:
            meta = connection.execute(select(META.c.name, META.c.value))
            found = {row.name: row.value for row in meta}
        if found.get("layout") != str(LAYOUT):
            raise UnavailableError(
                "The book of follow-ups was made by another version of this program."
            )
        if found.get("key") != self.vault.identity:
            raise UnavailableError(
                "The book of follow-ups belongs to a store with another key."
            )


def book_of(store: Path, clock: Clock = now) -> Book:
    """The book of a store, wherever it lies; made at the first write.

    Errors: UnavailableError without the store's key, UsageError for a wrong address.
    """
    root = store.resolve()
    return Book(root, place.engine_of(root), open_vault(Store(root)), clock)


def _found(
    connection: Connection, asked: Select[Any], customers: Sequence[str] | None
) -> Iterator[Row[Any]]:
    if customers is None:
        yield from connection.execute(asked)
        return
    for some in chunks(sorted(set(customers))):
        yield from connection.execute(asked.where(RECORDS.c.customer_id.in_(some)))


def chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """So many customers per query."""
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
