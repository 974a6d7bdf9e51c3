"""Erasing a customer: what came of it stays, whose it was does not.

Every version loses the customer's id, the ticket and all texts of people, and keeps
kind, programme, status, dates and outcome. The audit names records, never customers, so
it stays whole: an entry per version says that it was erased, by whom, and what it is
now.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update

from dashboard.book import chain, control, place
from dashboard.book.ledger import Book
from dashboard.book.records import CASE, Pen
from dashboard.book.saving import Writing
from dashboard.book.tables import EPISODES, RECORDS, VERSIONS

KEPT = (
    *("outcome", "purpose", "contacted_on", "held_out", "contacts", "steps", "done_on"),
    *("escalated_on", "escalated_due"),
)
"""Facts that tell no customer apart."""

ERASED = "erased"


def erase(book: Book, pen: Pen, customer: str) -> int:
    """Erase a customer from the book; how many entries were theirs.

    Errors: UnavailableError.
    """
    if not book.exists():
        return 0
    found: list[str] = []

    def change(work: Writing) -> None:
        ours = select(RECORDS.c.id).where(RECORDS.c.customer_id == customer)
        found.extend(work.connection.execute(ours).scalars())
        for record in found:
            _versions(work, record)
        _episodes(work, customer)

    book.write(pen, ["erase", customer], change)
    _forget_pages(book)
    return len(found)


def _versions(work: Writing, record: str) -> None:
    asked = select(VERSIONS).where(VERSIONS.c.record_id == record)
    for row in work.connection.execute(asked).mappings().all():
        was, now = dict(row), _anonymous(dict(row))
        ours = (VERSIONS.c.record_id == record) & (VERSIONS.c.version == row["version"])
        work.connection.execute(update(VERSIONS).where(ours).values(**now))
        work.audit("erase", now, chain.digest(work.vault, was))
    held = RECORDS.c.id == record
    work.connection.execute(update(RECORDS).where(held).values(customer_id=None))


def _anonymous(row: dict[str, Any]) -> dict[str, Any]:
    facts = {k: v for k, v in json.loads(row["facts"]).items() if k in KEPT}
    subject = ERASED if row["kind"] == CASE else row["subject"]
    return {
        **row,
        "customer_id": None,
        "subject": subject,
        "words": None,
        "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True),
    }


def _episodes(work: Writing, customer: str) -> None:
    """Who was held out still counts; under a name that is nobody's."""
    ours = EPISODES.c.customer_id == customer
    for row in work.connection.execute(select(EPISODES).where(ours)).mappings().all():
        batch = control.of_batch(row["batch"])
        before = work.connection.execute(batch).mappings().all()
        was = chain.digest(work.vault, control.batch_row(row["batch"], before))
        same = ours & (EPISODES.c.batch == row["batch"])
        work.connection.execute(delete(EPISODES).where(same))
        anonymous = {**row, "customer_id": f"{ERASED}-{uuid4().hex}"}
        work.connection.execute(insert(EPISODES), anonymous)
        after = work.connection.execute(batch).mappings().all()
        work.audit("erase", control.batch_row(row["batch"], after), was)


def _forget_pages(book: Book) -> None:
    """SQLite's log still has the old pages: write it back and cut it off."""
    if book.engine.dialect.name == "sqlite":
        with place.told(), closing(book.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
