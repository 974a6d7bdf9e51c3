"""Follow-ups: whom to turn to, for which programme, by whom, until when, what came.

A customer has at most one open follow-up per programme. A closed one is final: what
comes later is another follow-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Select

from dashboard.book import contacts, control
from dashboard.book.contacts import Contact
from dashboard.book.follow_up_rows import frame
from dashboard.book.ledger import Book, chunks
from dashboard.book.records import (
    ENDED,
    FOLLOW_UP,
    NotAllowedError,
    Pen,
    Record,
    Seen,
)
from dashboard.book.rows import standing
from dashboard.book.saving import Writing
from dashboard.book.tables import RECORDS, VERSIONS
from data.errors import UsageError

PROGRAMMES = ("churn", "visit", "care", "complaint", "comment")
STATUSES = ("open", "assigned", "contacted", "snoozed", "closed", "withdrawn")
OUTCOMES = ("kept", "lost", "not_reached", "no_need", "solved", "other")


@dataclass(frozen=True)
class Task:
    """What is to be done: for a programme, by an owner, until a day.

    `about` names what it is about where it is not the customer as a whole: a ticket, a
    survey's answer.
    """

    programme: str
    owner: str | None = None
    due_on: date | None = None
    action: str = ""
    note: str = ""
    about: str | None = None


@dataclass(frozen=True)
class Assigned:
    """What came of assigning many: the follow-ups, and who got none and why."""

    records: tuple[Record, ...]
    taken: tuple[str, ...]
    """Customers whose follow-up somebody else has already."""

    held_out: tuple[str, ...]
    """Customers of a control group: no programme turns to them."""


def assign(book: Book, pen: Pen, customers: Sequence[str], task: Task) -> Assigned:
    """Give customers to an owner; all of them, or, with an error, none.

    Who has no open follow-up of the programme gets one; one without owner gets the
    owner; one that somebody has stays as it is. Customers of a running control group
    get none, except for complaints and comments: these are answered to everyone.

    Errors: NotAllowedError, UnavailableError.
    """
    if task.programme not in PROGRAMMES:
        raise UsageError(f"programme: it is one of {', '.join(PROGRAMMES)}.")
    wanted = tuple(dict.fromkeys(customers))

    def change(work: Writing) -> None:
        held = _held_out(work, wanted, task)
        open_now = {r.customer_id: r for r in _open(work, wanted, task)}
        for customer in wanted:
            if customer not in held:
                _give(work, open_now.get(customer), customer, task)

    records = book.write(pen, ["assign", wanted, asdict(task)], change)
    given = {record.customer_id for record in records}
    left = [each for each in wanted if each not in given]
    held = _held_now(book, pen, left, task)
    taken = tuple(each for each in left if each not in held)
    return Assigned(records, taken, tuple(each for each in left if each in held))


def reassign(
    book: Book, pen: Pen, seen: Seen, owner: str | None, due_on: date | None
) -> Record:
    """Another owner or due date; without an owner it is open to everyone.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """
    status = "assigned" if owner else "open"
    changes: dict[str, Any] = {
        "status": status,
        "owner": owner or None,
        "due_on": due_on,
    }
    return _edit(book, pen, seen, "assign", **changes)


def contacted(book: Book, pen: Pen, seen: Seen, contact: Contact) -> Record:
    """Record a contact with the customer; the follow-up goes on.

    `contact.next_due` becomes the follow-up's due date; without one it stays due, so
    that it is not forgotten before it is closed. The contact itself stands among
    the contacts too.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """

    def change(work: Writing) -> None:
        before = work.read(seen)
        due = contact.next_due or before.due_on
        if before.customer_id != contact.customer_id:
            raise UsageError("The contact is with another customer.")
        facts = _counted(before)
        work.change(before, "contact", status="contacted", due_on=due, facts=facts)
        contacts.add(work, contact, follow_up=before.id)

    return book.write(pen, ["contacted", asdict(seen), asdict(contact)], change)[0]


def snooze(book: Book, pen: Pen, seen: Seen, until: date, note: str = "") -> Record:
    """Leave it alone until a day, on which it is due.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """
    return _edit(book, pen, seen, "snooze", note, status="snoozed", due_on=until)


def close(book: Book, pen: Pen, seen: Seen, outcome: str, note: str = "") -> Record:
    """Close it with what came of it; a closed one is final.

    Errors: NotAllowedError without an outcome; ConflictError, UnavailableError.
    """
    if outcome not in OUTCOMES:
        raise NotAllowedError("outcome", "To close it, say what came of it.")
    return _edit(book, pen, seen, "close", note, status="closed", outcome=outcome)


def withdraw(book: Book, pen: Pen, seen: Seen, note: str) -> Record:
    """Take back what was made by mistake; the reason and the history stay.

    Errors: NotAllowedError without a reason; ConflictError, UnavailableError.
    """
    if not note.strip():
        raise NotAllowedError("reason", "To withdraw it, say why.")
    return _edit(book, pen, seen, "delete", note, status="withdrawn")


def listed(
    book: Book,
    *,
    programme: str | None = None,
    owner: str | None = None,
    customers: Sequence[str] | None = None,
    open_only: bool = True,
) -> pl.DataFrame:
    """Follow-ups as they stand: one row each (`follow_up_rows.SCHEMA`), by due day.

    Errors: UnavailableError when the book cannot be read.
    """
    asked = _asked(programme, open_only=open_only)
    if owner is not None:
        asked = asked.where(VERSIONS.c.owner == owner)
    return frame(book.records(asked, customers))


def overdue(book: Book, today: date) -> pl.DataFrame:
    """The open follow-ups that were due before a day; the oldest first.

    Errors: UnavailableError when the book cannot be read.
    """
    late = VERSIONS.c.due_on < today.isoformat()
    return frame(book.records(_asked(None, open_only=True).where(late)))


def escalate(book: Book, pen: Pen) -> tuple[Record, ...]:
    """Mark those overdue, each once per due date: another day is another promise.

    Errors: UnavailableError.
    """

    def change(work: Writing) -> None:
        late = VERSIONS.c.due_on < work.today.isoformat()
        for record in work.find(_asked(None, open_only=True).where(late)):
            due = record.due_on.isoformat() if record.due_on else None
            if record.facts.get("escalated_due") != due:
                marks = {"escalated_due": due, "escalated_on": work.today.isoformat()}
                facts = {**record.facts, **marks}
                status = {"snoozed": "open"}.get(record.status, record.status)
                work.change(record, "escalate", status=status, facts=facts)

    return book.write(pen, ["escalate"], change)


def _asked(programme: str | None, *, open_only: bool) -> Select[Any]:
    asked = standing().where(VERSIONS.c.kind == FOLLOW_UP)
    if programme is not None:
        asked = asked.where(VERSIONS.c.subject == programme)
    if not open_only:
        return asked
    # Of an erased customer only the outcome is left: there is nobody to turn to.
    somebody = RECORDS.c.customer_id.is_not(None)
    return asked.where(VERSIONS.c.status.not_in(ENDED), somebody)


def _open(work: Writing, customers: Sequence[str], task: Task) -> list[Record]:
    """The open follow-ups of these customers for the same programme and matter."""
    asked = _asked(task.programme, open_only=True)
    return [
        record
        for some in chunks(customers)
        for record in work.find(asked.where(RECORDS.c.customer_id.in_(some)))
        if record.facts.get("about") == task.about
    ]


def _give(work: Writing, held: Record | None, customer: str, task: Task) -> None:
    if held is None:
        work.open(_made(customer, task))
    elif held.owner is None and task.owner:
        work.change(
            held, "assign", status="assigned", owner=task.owner, due_on=task.due_on
        )


def _made(customer: str, task: Task) -> Record:
    words = {"action": task.action.strip(), "note": task.note.strip()}
    return Record(
        id="",
        kind=FOLLOW_UP,
        subject=task.programme,
        status="assigned" if task.owner else "open",
        customer_id=customer,
        owner=task.owner or None,
        due_on=task.due_on,
        facts={"about": task.about} if task.about else {},
        words={name: text for name, text in words.items() if text},
    )


def _edit(
    book: Book, pen: Pen, seen: Seen, action: str, note: str = "", **changes: Any
) -> Record:
    outcome = changes.pop("outcome", None)

    def change(work: Writing) -> None:
        before = work.read(seen)
        told: dict[str, Any] = (
            {"facts": {**before.facts, "outcome": outcome}} if outcome else {}
        )
        if note.strip():
            told["words"] = {**before.words, "note": note}
        work.change(before, action, **changes, **told)

    asked = [action, asdict(seen), note, outcome, changes]
    return book.write(pen, asked, change)[0]


def _counted(before: Record) -> dict[str, Any]:
    return {**before.facts, "contacts": before.facts.get("contacts", 0) + 1}


def _held_out(work: Writing, customers: Sequence[str], task: Task) -> frozenset[str]:
    if task.programme not in control.SPARED:
        return frozenset()
    return control.held_out(work.connection, customers, work.today)


def _held_now(
    book: Book, pen: Pen, customers: Sequence[str], task: Task
) -> frozenset[str]:
    if task.programme not in control.SPARED or not customers:
        return frozenset()
    return control.among(book, customers, pen.day(book.clock()))
