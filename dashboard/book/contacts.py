"""Contacts and visits that were recorded in the dashboard, beside those delivered.

They have the columns of the input table `contacts`, so that a page can show both in
one list. A contact with a next due day is an open loop until it is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.book import control
from dashboard.book.ledger import Book
from dashboard.book.records import CONTACT, NotAllowedError, Pen, Record, Seen
from dashboard.book.rows import standing
from dashboard.book.saving import Writing
from dashboard.book.tables import VERSIONS
from data.errors import UsageError

KINDS = ("call", "visit", "email", "message", "gift")
PURPOSES = ("visit", "care", "winback", "service")
OUTCOMES = ("reached", "no_answer", "refused", "call_back", "other")
SCHEMA = {
    "id": pl.String,
    "version": pl.Int64,
    "customer_id": pl.String,
    "contacted_on": pl.Date,
    "kind": pl.String,
    "purpose": pl.String,
    "employee": pl.String,
    "outcome": pl.String,
    "feedback": pl.String,
    "status": pl.String,
    "follow_up_due": pl.Date,
    "follow_up": pl.String,
    "held_out": pl.Boolean,
    "written_by": pl.String,
    "written_at": pl.String,
}
"""What `listed` returns: one row per contact, as it stands.

`held_out` marks one with a customer of a running control group: it happened, and the
estimate of who was saved has to know.
"""


@dataclass(frozen=True)
class Contact:
    """One contact with a customer: on which day, how, why, what came of it."""

    customer_id: str
    kind: str
    contacted_on: date
    purpose: str
    outcome: str
    feedback: str = ""
    next_due: date | None = None


def record(book: Book, pen: Pen, contact: Contact) -> Record:
    """Record a contact; who made it and when it was recorded is the session's to say.

    Errors: NotAllowedError for one that is ahead of today or due before it happened;
    UnavailableError.
    """
    return book.write(
        pen,
        ["contact", asdict(contact)],
        lambda work: add(work, contact),
    )[0]


def close_loop(book: Book, pen: Pen, seen: Seen, feedback: str = "") -> Record:
    """What was to follow a contact is done.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """

    def change(work: Writing) -> None:
        before = work.read(seen)
        told = {"feedback": feedback} if feedback.strip() else {}
        words = {**before.words, **told}
        done = {**before.facts, "done_on": work.today.isoformat()}
        work.change(before, "close", status="closed", facts=done, words=words)

    return book.write(pen, ["close_loop", asdict(seen), feedback], change)[0]


def withdraw(book: Book, pen: Pen, seen: Seen) -> Record:
    """Take back a contact that did not happen; its history stays.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """
    return book.write(
        pen,
        ["withdraw", asdict(seen)],
        lambda work: work.edit(seen, "delete", status="withdrawn"),
    )[0]


def listed(
    book: Book, *, customers: Sequence[str] | None = None, since: date | None = None
) -> pl.DataFrame:
    """The contacts that stand (`SCHEMA`), the newest first.

    Errors: UnavailableError when the book cannot be read.
    """
    asked = standing().where(VERSIONS.c.kind == CONTACT)
    stands = asked.where(VERSIONS.c.status != "withdrawn")
    rows = [_row(each) for each in book.records(stands, customers)]
    found = pl.DataFrame(rows, schema=SCHEMA)
    if since is not None:
        found = found.filter(pl.col("contacted_on") >= since)
    return found.sort("contacted_on", "written_at", descending=True)


def add(work: Writing, contact: Contact, *, follow_up: str | None = None) -> Record:
    """The same, inside a transaction of another record."""
    _check(work, contact)
    spared = control.held_out(work.connection, [contact.customer_id], work.today)
    facts: dict[str, Any] = {
        "contacted_on": contact.contacted_on.isoformat(),
        "purpose": contact.purpose,
        "outcome": contact.outcome,
        "follow_up": follow_up,
        "held_out": bool(spared) and contact.purpose != "service",
    }
    made = Record(
        id="",
        kind=CONTACT,
        subject=contact.kind,
        status="open" if contact.next_due and not follow_up else "closed",
        customer_id=contact.customer_id,
        owner=work.pen.who,
        due_on=contact.next_due,
        facts=facts,
        words={"feedback": contact.feedback} if contact.feedback.strip() else {},
    )
    return work.open(made)


def _check(work: Writing, contact: Contact) -> None:
    for name, value, known in (
        ("kind", contact.kind, KINDS),
        ("purpose", contact.purpose, PURPOSES),
        ("outcome", contact.outcome, OUTCOMES),
    ):
        if value not in known:
            raise UsageError(f"{name}: it is one of {', '.join(known)}.")
    if contact.contacted_on > work.today:
        raise NotAllowedError("ahead", "A contact is recorded once it has happened.")


def _row(each: Record) -> dict[str, Any]:
    facts = each.facts
    return {
        "id": each.id,
        "version": each.version,
        "customer_id": each.customer_id,
        "contacted_on": date.fromisoformat(facts["contacted_on"]),
        "kind": each.subject,
        "purpose": facts["purpose"],
        "employee": each.owner,
        "outcome": facts["outcome"],
        "feedback": each.words.get("feedback"),
        "status": each.status,
        "follow_up_due": each.due_on,
        "follow_up": facts.get("follow_up"),
        "held_out": facts.get("held_out", False),
        "written_by": each.written_by,
        "written_at": each.written_at,
    }
