"""The control group of a programme: who is listed and, by lot, not turned to.

When a customer is first listed, the hash of customer, programme and salt says whether
the customer is held out. That holds for the episode: until the customer buys, or the
horizon is over. A refresh never draws again. Without a control group nobody can tell
customers who were saved from those who would have come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import polars as pl
from sqlalchemy import Connection, Select, insert, select

from dashboard.book import place
from dashboard.book.ledger import Book, chunks
from dashboard.book.records import Pen
from dashboard.book.saving import Writing
from dashboard.book.tables import EPISODES

SPARED = ("churn", "visit", "care")
"""Programmes that turn to nobody held out by any of them."""

SHARE = 0.1
EPISODE = {
    "customer_id": pl.String,
    "started_on": pl.Date,
    "ends_on": pl.Date,
    "control": pl.Boolean,
}
"""What `enrol` and `episodes` return: one row per customer and episode."""


@dataclass(frozen=True)
class Terms:
    """How a programme lists: on a day, for so many days, holding out a share."""

    programme: str
    listed_on: date
    horizon_days: int = 180
    share: float = SHARE
    salt: str = ""


def drawn(customer: str, terms: Terms) -> bool:
    """Whether the lot holds this customer out.

    Formula: SHA-256(customer, programme, salt) as a fraction of 1 < share
    """
    text = f"{customer}\x1f{terms.programme}\x1f{terms.salt}".encode()
    number = int.from_bytes(hashlib.sha256(text).digest()[:8])
    return number < terms.share * 2**64


def enrol(book: Book, pen: Pen, listed: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """List customers; who is listed already stays in the episode, and in its group.

    `listed` has `customer_id` and `last_purchased_on`: a purchase after the day of
    listing has ended an episode, and the customer is listed anew.

    Returns one row (`EPISODE`) per customer of `listed`, with the running episode.
    Errors: UnavailableError.
    """
    bought = dict(listed.select("customer_id", "last_purchased_on").iter_rows())

    def change(work: Writing) -> None:
        running = _running(_rows(work.connection, terms.programme), bought, terms)
        _start(work, sorted(bought.keys() - running), terms)

    asked = ["enrol", asdict(terms), sorted(bought), pen.snapshot]
    book.write(pen, asked, change)
    known = episodes(book, terms.programme)
    latest = known.sort("started_on").unique("customer_id", keep="last")
    ours = latest.filter(pl.col("customer_id").is_in(list(bought)))
    return ours.sort("customer_id")


def episodes(book: Book, programme: str) -> pl.DataFrame:
    """All episodes of a programme (`EPISODE`), in order of customer and day.

    Errors: UnavailableError when the book cannot be read.
    """
    if not book.exists():
        return pl.DataFrame(schema=EPISODE)
    with place.reading(book.engine) as connection:
        found = _rows(connection, programme)
    return pl.DataFrame(
        {
            "customer_id": [row["customer_id"] for row in found],
            "started_on": [date.fromisoformat(row["started_on"]) for row in found],
            "ends_on": [date.fromisoformat(row["ends_on"]) for row in found],
            "control": [bool(row["control"]) for row in found],
        },
        schema=EPISODE,
    ).sort("customer_id", "started_on")


def among(book: Book, customers: Sequence[str], today: date) -> frozenset[str]:
    """Which of these customers a running episode of any programme holds out.

    Errors: UnavailableError when the book cannot be read.
    """
    if not book.exists():
        return frozenset()
    with place.reading(book.engine) as connection:
        return held_out(connection, customers, today)


def held_out(
    connection: Connection, customers: Sequence[str], today: date
) -> frozenset[str]:
    """The same, inside a transaction."""
    running = (EPISODES.c.control == 1) & (EPISODES.c.ends_on >= today.isoformat())
    asked = select(EPISODES.c.customer_id).where(running)
    found: set[str] = set()
    for some in chunks(sorted(set(customers))):
        ours = asked.where(EPISODES.c.customer_id.in_(some))
        found.update(connection.execute(ours).scalars())
    return frozenset(found)


def batch_row(batch: str, rows: Sequence[Any]) -> dict[str, Any]:
    """What the audit says of the episodes that were started together."""
    names = ("customer_id", "started_on", "ends_on", "control")
    content = sorted([row[name] for name in names] for row in rows)
    return {"record_id": batch, "version": 1, "kind": "episodes", "rows": content}


def of_batch(batch: str) -> Select[Any]:
    """The episodes that were started together."""
    return select(EPISODES).where(EPISODES.c.batch == batch)


def _start(work: Writing, customers: Sequence[str], terms: Terms) -> None:
    if not customers:
        return
    batch, start = uuid4().hex, terms.listed_on
    end = start + timedelta(days=terms.horizon_days)
    made = [
        {
            "programme": terms.programme,
            "customer_id": customer,
            "started_on": start.isoformat(),
            "ends_on": end.isoformat(),
            "control": int(drawn(customer, terms)),
            "batch": batch,
        }
        for customer in customers
    ]
    work.connection.execute(insert(EPISODES), made)
    work.audit("list", batch_row(batch, made), None)


def _running(
    known: Sequence[Any], bought: dict[str, date | None], terms: Terms
) -> set[str]:
    """Whose last episode goes on: not over, and nothing bought since it began."""
    last = {row["customer_id"]: row for row in known}  # in order of their days
    today = terms.listed_on.isoformat()
    return {
        customer
        for customer, day in bought.items()
        if (row := last.get(customer))
        and (row["started_on"] == today or _goes_on(row, day, today))
    }


def _goes_on(row: Any, bought: date | None, today: str) -> bool:
    since = bought is None or bought.isoformat() <= row["started_on"]
    return bool(since and row["ends_on"] >= today)


def _rows(connection: Connection, programme: str) -> list[Any]:
    asked = select(EPISODES).where(EPISODES.c.programme == programme)
    ordered = asked.order_by(EPISODES.c.started_on)
    return list(connection.execute(ordered).mappings())
