"""What decides about the next best action for a customer, out of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.book import book_of, contacts
from dashboard.person.timeline import Rows


def situation(
    rows: Rows,
    declared: pl.DataFrame,
    rhythm: Mapping[str, Any],
    who: tuple[str, date],
) -> pl.DataFrame:
    """One row: open complaint, newest answer, contacts, promises, rhythm, consent."""
    customer, as_of = who
    score, answered = _newest_answer(rows["surveys"], as_of)
    told: dict[str, Any] = {
        "customer_id": customer,
        "complaint_days": _complaint(rows["tickets"], as_of),
        "score": score,
        "score_days": _since(answered, as_of),
        "contact_days": _since(rows["contacts"]["contacted_on"].max(), as_of),
        "promise_days": _promise(rows["contacts"], as_of),
        "purchase_days": rhythm["purchase_days"] or 0,
        "days_since": rhythm["days_since"],
        "overdue_ratio": rhythm["overdue_ratio"],
        "consent": next(iter(declared["consent"]), None),
    }
    return pl.DataFrame([told])


def recorded(store: Path, customer: str) -> pl.DataFrame:
    """The contacts that people recorded in the book, as if they had been delivered.

    Errors: UnavailableError when the book cannot be read.
    """
    found = contacts.listed(book_of(store), customers=[customer])
    closed = pl.when(pl.col("status") == "closed").then(pl.col("follow_up_due"))
    return found.select(
        "customer_id",
        "contacted_on",
        "follow_up_due",
        closed.alias("follow_up_done_on"),
    )


def _since(day: Any, as_of: date) -> int | None:
    """Days up to a date; what was written since then counts as today."""
    return None if day is None else max(0, (as_of - day).days)


def _complaint(tickets: pl.DataFrame, as_of: date) -> int | None:
    """The age of the oldest complaint that was open at the end of the day."""
    solved = pl.coalesce("resolved_on", "closed_on")
    still = solved.is_null() | (solved > as_of)
    found = tickets.filter((pl.col("kind") == "complaint") & still)
    return _since(found["opened_on"].min(), as_of)


def _newest_answer(surveys: pl.DataFrame, as_of: date) -> tuple[int | None, Any]:
    given = surveys.filter(pl.col("answered_on") <= as_of).drop_nulls("score")
    newest = given.sort("answered_at", "response_id").tail(1)
    if newest.is_empty():
        return None, None
    return newest["score"][0], newest["answered_on"][0]


def _promise(contacts: pl.DataFrame, as_of: date) -> int | None:
    """Days since the oldest promised follow-up was due that was not done by then."""
    done = pl.col("follow_up_done_on")
    late = (pl.col("follow_up_due") < as_of) & (done.is_null() | (done > as_of))
    return _since(contacts.filter(late)["follow_up_due"].min(), as_of)
