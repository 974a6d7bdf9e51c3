"""What was learnt from a campaign, in people's own words; it can be taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl

from dashboard.book.ledger import Book
from dashboard.book.records import LESSON, NotAllowedError, Pen, Record, Seen
from dashboard.book.rows import standing
from dashboard.book.tables import VERSIONS

SCHEMA = {
    "id": pl.String,
    "version": pl.Int64,
    "campaign": pl.String,
    "lesson": pl.String,
    "written_by": pl.String,
    "written_at": pl.String,
}
"""What `listed` returns: one row per lesson that stands."""


def note(book: Book, pen: Pen, campaign: str, lesson: str) -> Record:
    """Note what was learnt from a campaign.

    Errors: NotAllowedError for an empty text or one that is too long; UnavailableError.
    """
    text = lesson.strip()
    if not text:
        raise NotAllowedError("empty", "Write down what was learnt.")
    made = Record("", LESSON, campaign, "noted", words={"lesson": text})
    return book.write(pen, ["lesson", campaign, text], lambda work: work.open(made))[0]


def withdraw(book: Book, pen: Pen, seen: Seen) -> Record:
    """Take back a lesson; its history stays.

    Errors: ConflictError, NotAllowedError, UnavailableError.
    """
    return book.write(
        pen,
        ["withdraw", asdict(seen)],
        lambda work: work.edit(seen, "delete", status="withdrawn"),
    )[0]


def listed(book: Book, campaign: str) -> pl.DataFrame:
    """The lessons of a campaign that stand (`SCHEMA`), the newest first.

    Errors: UnavailableError when the book cannot be read.
    """
    asked = standing().where(VERSIONS.c.kind == LESSON)
    mine = asked.where(VERSIONS.c.subject == campaign, VERSIONS.c.status == "noted")
    rows = [_row(each) for each in book.records(mine)]
    return pl.DataFrame(rows, schema=SCHEMA).sort("written_at", descending=True)


def _row(each: Record) -> dict[str, Any]:
    return {
        "id": each.id,
        "version": each.version,
        "campaign": each.subject,
        "lesson": each.words["lesson"],
        "written_by": each.created_by,
        "written_at": each.created_at,
    }
