"""Complaint cases: the steps of the closed loop that were done in the dashboard.

One case per ticket. The extracts deliver dates of these steps too; where both tell one,
a page shows the delivered one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Select

from dashboard.book.ledger import Book
from dashboard.book.records import CASE, NotAllowedError, Pen, Record, Seen
from dashboard.book.rows import standing
from dashboard.book.saving import Writing
from dashboard.book.tables import VERSIONS

STEPS = (
    "received",
    "verified",
    "assigned",
    "planned",
    "executed",
    "reported_back",
    "called_back",
    "tracked",
)
SCHEMA = {
    "id": pl.String,
    "version": pl.Int64,
    "ticket_id": pl.String,
    "customer_id": pl.String,
    "step": pl.String,
    "done_on": pl.Date,
    "done_by": pl.String,
    "note": pl.String,
}
"""What `steps` returns: one row per ticket and step that was done."""


@dataclass(frozen=True)
class Done:
    """A step that was done, of a complaint's ticket."""

    ticket_id: str
    customer_id: str
    step: str
    done_on: date
    note: str = ""


def record(book: Book, pen: Pen, done: Done, version: int = 0) -> Record:
    """Record a step; `version` is the case's that the form was filled in from.

    The last step, `tracked`, closes the case.

    Errors: NotAllowedError for a step that is done already, ahead of today, or before
    the one that goes before it; ConflictError; UnavailableError.
    """

    def change(work: Writing) -> None:
        found = work.find(_of(done.ticket_id))
        _check(work, done, found[0] if found else None)
        if found:
            work.edit(
                Seen(found[0].id, version),
                "step",
                **_next(done, found[0], work.pen.who),
            )
        else:
            work.open(_first(done, work.pen.who))

    return book.write(pen, ["step", asdict(done), version], change)[0]


def steps(book: Book, tickets: Sequence[str] | None = None) -> pl.DataFrame:
    """The steps done (`SCHEMA`) of some tickets or of all, in order.

    Errors: UnavailableError when the book cannot be read.
    """
    asked = standing().where(VERSIONS.c.kind == CASE)
    wanted = None if tickets is None else set(tickets)
    records = [
        each for each in book.records(asked) if wanted is None or each.subject in wanted
    ]
    rows = [row for each in records for row in _rows(each)]
    return pl.DataFrame(rows, schema=SCHEMA).sort("ticket_id", "done_on")


def _of(ticket: str) -> Select[Any]:
    ours = (VERSIONS.c.kind == CASE) & (VERSIONS.c.subject == ticket)
    return standing().where(ours)


def _check(work: Writing, done: Done, case: Record | None) -> None:
    if done.step not in STEPS:
        raise NotAllowedError("step", f"A step is one of {', '.join(STEPS)}.")
    if done.done_on > work.today:
        raise NotAllowedError("ahead", "A step is recorded once it is done.")
    known = case.facts["steps"] if case else {}
    if done.step in known:
        raise NotAllowedError("done", "This step was recorded before.")
    place = STEPS.index(done.step)
    for step, said in known.items():
        earlier = STEPS.index(step) < place
        if earlier and said["on"] > done.done_on.isoformat():
            raise NotAllowedError("order", f"It cannot be before the step {step}.")


def _said(done: Done, who: str) -> dict[str, str]:
    return {"on": done.done_on.isoformat(), "by": who}


def _status(done: Done) -> str:
    return "closed" if done.step == STEPS[-1] else "open"


def _words(done: Done) -> dict[str, str]:
    return {done.step: done.note} if done.note.strip() else {}


def _first(done: Done, who: str) -> Record:
    return Record(
        id="",
        kind=CASE,
        subject=done.ticket_id,
        status=_status(done),
        customer_id=done.customer_id,
        facts={"steps": {done.step: _said(done, who)}},
        words=_words(done),
    )


def _next(done: Done, case: Record, who: str) -> dict[str, Any]:
    return {
        "status": _status(done),
        "facts": {"steps": {**case.facts["steps"], done.step: _said(done, who)}},
        "words": {**case.words, **_words(done)},
    }


def _rows(case: Record) -> list[dict[str, Any]]:
    return [
        {
            "id": case.id,
            "version": case.version,
            "ticket_id": case.subject,
            "customer_id": case.customer_id,
            "step": step,
            "done_on": date.fromisoformat(said["on"]),
            "done_by": said["by"],
            "note": case.words.get(step),
        }
        for step, said in case.facts["steps"].items()
    ]
