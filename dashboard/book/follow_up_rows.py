"""Follow-ups as rows of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.book.records import Record

SCHEMA = {
    "id": pl.String,
    "version": pl.Int64,
    "customer_id": pl.String,
    "programme": pl.String,
    "status": pl.String,
    "owner": pl.String,
    "due_on": pl.Date,
    "action": pl.String,
    "outcome": pl.String,
    "note": pl.String,
    "about": pl.String,
    "contacts": pl.Int64,
    "escalated_on": pl.Date,
    "created_by": pl.String,
    "created_at": pl.String,
    "written_by": pl.String,
    "written_at": pl.String,
}
"""What `listed` returns: one row per follow-up, as it stands."""


def frame(records: Sequence[Record]) -> pl.DataFrame:
    """Follow-ups as rows, by due date and customer."""
    found = pl.DataFrame([_row(record) for record in records], schema=SCHEMA)
    return found.sort("due_on", "customer_id", "id", nulls_last=True)


def _row(record: Record) -> dict[str, Any]:
    facts = record.facts
    marked = facts.get("escalated_on")
    return {
        "id": record.id,
        "version": record.version,
        "customer_id": record.customer_id,
        "programme": record.subject,
        "status": record.status,
        "owner": record.owner,
        "due_on": record.due_on,
        "action": record.words.get("action"),
        "outcome": facts.get("outcome"),
        "note": record.words.get("note"),
        "about": facts.get("about"),
        "contacts": facts.get("contacts", 0),
        "escalated_on": date.fromisoformat(marked) if marked else None,
        "created_by": record.created_by,
        "created_at": record.created_at,
        "written_by": record.written_by,
        "written_at": record.written_at,
    }
