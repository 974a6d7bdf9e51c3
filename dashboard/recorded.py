"""Contacts that people recorded here, as figures of visits count them."""

from __future__ import annotations

import os
from datetime import date

import polars as pl

from data.warehouse.store import Store

COUNTED = "visit"
SCHEMA = {"customer_id": pl.String, "kind": pl.String, "contacted_on": pl.Date}
METRICS = (
    "visit_compliance", "visit_progress", "visit_list", "next_action",
    "trial_plan", "trial_assignment",
    "churn_probability", "watchlist", "stop_loss", "saved_customers",
    "alerts", "rectifications",
)  # fmt: skip
"""Figures that change with what people record, without a refresh."""


def contacts(store: Store, since: date) -> pl.DataFrame:
    """The recorded contacts for a visit, from a day on.

    Errors: UnavailableError when there is a book that cannot be read.
    """
    if not _written(store):
        return pl.DataFrame(schema=SCHEMA)
    from dashboard.book import book_of, contacts  # SQLAlchemy is slow to import

    found = contacts.listed(book_of(store.root), since=since)
    return found.filter(pl.col("purpose") == COUNTED).select(list(SCHEMA))


def held_out(store: Store, today: date) -> pl.DataFrame:
    """The customers whom a running control group holds out.

    Errors: UnavailableError when there is a book that cannot be read.
    """
    if not _written(store):
        return pl.DataFrame(schema={"customer_id": pl.String})
    from dashboard.book import book_of, control

    book = book_of(store.root)
    found = pl.concat(control.episodes(book, name) for name in control.SPARED)
    running = found.filter(pl.col("control"), pl.col("ends_on") >= today)
    return running.select("customer_id").unique().sort("customer_id")


def mark(store: Store) -> int:
    """A number that grows with whatever is written in the book."""
    if not _written(store):
        return 0
    from dashboard.book import book_of

    return book_of(store.root).head().seq


def _written(store: Store) -> bool:
    """Whether there may be a book at all."""
    from dashboard.book import place

    return place.BOOK in os.environ or (store.root / place.FILE).exists()
