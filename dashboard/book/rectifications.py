"""Rectifications: a figure fell below its threshold; who mends it, until when, how.

The rule opens them after a refresh (`metrics.rectifications`), in the name of
`system`: one per fall, however many refreshes see it. People plan and close them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Select

from dashboard.book.ledger import Book
from dashboard.book.records import (
    RECTIFICATION,
    WATCH,
    NotAllowedError,
    Pen,
    Record,
    Seen,
)
from dashboard.book.rows import standing
from dashboard.book.saving import Writing
from dashboard.book.tables import VERSIONS
from metrics.rectifications import ARMED, FALLEN, Judged, fallen, recovered

SYSTEM = "system"
OUTCOMES = ("effective", "not_effective", "accepted", "other")
THEN = ("value", "n", "ci_low", "ci_high", "threshold", "verdict")
SCHEMA = {
    "rectification": pl.String,
    "version": pl.Int64,
    "metric": pl.String,
    "part": pl.String,
    "status": pl.String,
    "opened_on": pl.Date,
    "owner": pl.String,
    "due_on": pl.Date,
    "measures": pl.String,
    "outcome": pl.String,
    "recovered_on": pl.Date,
    "threshold": pl.Float64,
    "then": pl.Float64,
    "then_n": pl.Int64,
    "then_low": pl.Float64,
    "then_high": pl.Float64,
}
"""What `listed` returns: one row per rectification, as it stands."""


@dataclass(frozen=True)
class Plan:
    """Who puts it right, until when, by what."""

    owner: str
    due_on: date
    measures: str


def watch(
    book: Book, pen: Pen, judged: pl.DataFrame, as_of: date
) -> tuple[Record, ...]:
    """Open what fell and arm what recovered; sent again for a snapshot, nothing.

    Errors: UnavailableError.
    """

    def change(work: Writing) -> None:
        watched = {(r.subject, r.facts["part"]): r for r in work.find(_of(WATCH))}
        states = pl.DataFrame(
            [(*key, record.status) for key, record in watched.items()],
            schema={"metric": pl.String, "part": pl.String, "status": pl.String},
            orient="row",
        )
        checked = Judged.validate(judged)
        for row in fallen(checked, states).to_dicts():
            _fall(work, watched.get((row["metric"], row["part"])), row, as_of)
        for row in recovered(checked, states).to_dicts():
            _recover(work, watched[row["metric"], row["part"]], as_of)

    return book.write(pen, ["watch", pen.snapshot], change)


def plan(book: Book, pen: Pen, seen: Seen, planned: Plan) -> Record:
    """Say who puts it right, until when and by what.

    Errors: NotAllowedError without an owner, or due before it was opened;
    ConflictError, UnavailableError.
    """
    if not planned.owner.strip():
        raise NotAllowedError("owner", "Say who puts it right.")

    def change(work: Writing) -> None:
        work.change(
            work.read(seen),
            "plan",
            status="assigned",
            owner=planned.owner.strip(),
            due_on=planned.due_on,
            words={"measures": planned.measures} if planned.measures.strip() else {},
        )

    return book.write(pen, ["plan", asdict(seen), asdict(planned)], change)[0]


def close(book: Book, pen: Pen, seen: Seen, outcome: str, note: str = "") -> Record:
    """Close it with what came of it; a closed one is final.

    Errors: NotAllowedError without an outcome; ConflictError, UnavailableError.
    """
    if outcome not in OUTCOMES:
        raise NotAllowedError("outcome", "To close it, say what came of it.")

    def change(work: Writing) -> None:
        before = work.read(seen)
        told = {"note": note} if note.strip() else {}
        facts = {"outcome": outcome, "closed_on": work.today.isoformat()}
        work.change(
            before,
            "close",
            status="closed",
            facts={**before.facts, **facts},
            words={**before.words, **told},
        )

    return book.write(pen, ["close", asdict(seen), outcome, note], change)[0]


def listed(book: Book) -> pl.DataFrame:
    """All rectifications as they stand (`SCHEMA`), the newest first.

    Errors: UnavailableError when the book cannot be read.
    """
    rows = [_row(record) for record in book.records(_of(RECTIFICATION))]
    found = pl.DataFrame(rows, schema=SCHEMA)
    return found.sort("opened_on", "metric", "part", descending=[True, False, False])


def _of(kind: str) -> Select[Any]:
    return standing().where(VERSIONS.c.kind == kind)


def _fall(work: Writing, held: Record | None, row: dict[str, Any], as_of: date) -> None:
    facts = {"part": row["part"], "opened_on": as_of.isoformat()}
    then = {name: row[name] for name in THEN}
    made = Record("", RECTIFICATION, row["metric"], "open", facts={**facts, **then})
    opened = work.open(made)
    mark = {"part": row["part"], "rectification": opened.id}
    if held is None:
        work.open(Record("", WATCH, row["metric"], FALLEN, facts=mark))
    else:
        work.change(held, "fall", status=FALLEN, facts=mark)


def _recover(work: Writing, held: Record, as_of: date) -> None:
    """Arm again; a rectification that is still open hears of it."""
    work.change(held, "recover", status=ARMED)
    ours = VERSIONS.c.record_id == held.facts["rectification"]
    for record in work.find(standing().where(ours)):
        if not record.ended:
            facts = {**record.facts, "recovered_on": as_of.isoformat()}
            work.change(record, "recover", facts=facts)


def _row(record: Record) -> dict[str, Any]:
    facts = record.facts
    again = facts.get("recovered_on")
    return {
        "rectification": record.id,
        "version": record.version,
        "metric": record.subject,
        "part": facts["part"],
        "status": record.status,
        "opened_on": date.fromisoformat(facts["opened_on"]),
        "owner": record.owner,
        "due_on": record.due_on,
        "measures": record.words.get("measures"),
        "outcome": facts.get("outcome"),
        "recovered_on": date.fromisoformat(again) if again else None,
        "threshold": facts["threshold"],
        "then": facts["value"],
        "then_n": facts["n"],
        "then_low": facts["ci_low"],
        "then_high": facts["ci_high"],
    }
