"""The audit as a person reads it: who did what to which entry, and what was before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from dashboard.book import place, rows
from dashboard.book.ledger import Book
from dashboard.book.records import Record
from dashboard.book.tables import AUDIT, VERSIONS

MOST = 200
PLAIN = ("status", "owner", "due_on")


def audit(
    book: Book, most: int = MOST, record: str | None = None
) -> list[dict[str, Any]]:
    """The newest entries first: seq, at, who, action, kind, record, version, snapshot,
    and `changes`, a list of what changed: name, before, after.

    Errors: UnavailableError when the book cannot be read.
    """
    if not book.exists():
        return []
    asked = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(most)
    if record is not None:
        asked = asked.where(AUDIT.c.record_id == record)
    with place.reading(book.engine) as connection:
        found = connection.execute(asked).mappings().all()
        return [_entry(book, connection, row) for row in found]


def _entry(book: Book, connection: Connection, row: Any) -> dict[str, Any]:
    names = ("seq", "at", "who", "action", "kind", "record_id", "version", "snapshot")
    after = _version(book, connection, row["record_id"], row["version"])
    before = _version(book, connection, row["record_id"], row["version"] - 1)
    changes = list(_changes(before, after)) if after else []
    return {**{name: row[name] for name in names}, "changes": changes}


def _version(
    book: Book, connection: Connection, record: str, number: int
) -> Record | None:
    ours = (VERSIONS.c.record_id == record) & (VERSIONS.c.version == number)
    row = connection.execute(select(VERSIONS).where(ours)).first()
    return rows.record_of(book.vault, row) if row else None


def _changes(before: Record | None, after: Record) -> Iterator[dict[str, Any]]:
    was, now = _told(before) if before else {}, _told(after)
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            pair = {"before": was.get(name), "after": now.get(name)}
            yield {"name": name, **pair}


def _told(record: Record) -> dict[str, Any]:
    """A version as names and values, all at one level."""
    plain = {name: getattr(record, name) for name in PLAIN}
    due = record.due_on.isoformat() if record.due_on else None
    return {
        **plain,
        "due_on": due,
        "subject": record.subject,
        "customer_id": record.customer_id,
        **record.facts,
        **record.words,
    }
