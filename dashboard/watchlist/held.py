"""What the book says of the list: who is held out, who rests, whose it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboard.book import Book, book_of, control, follow_ups
from dashboard.book.control import EPISODE, Terms
from dashboard.book.place import BOOK, FILE
from dashboard.reader import Reader
from data.settings import Settings

PROGRAMME = "churn"


def book(reader: Reader) -> Book | None:
    """The book of the store that a reader reads; none where nobody wrote yet.

    Errors: UnavailableError without the store's key.
    """
    root = reader.snapshot.store.root
    written = os.environ.get(BOOK) or (root / FILE).exists()
    return book_of(root) if written else None


def terms(settings: Settings, today: date) -> Terms:
    """How the watchlist lists customers, and holds some of them out."""
    churn = settings.churn
    return Terms(PROGRAMME, today, churn.horizon_days, churn.control_share)


def episodes(reader: Reader) -> pl.DataFrame:
    """Everybody who was ever listed: from when until when, and in which group."""
    kept = book(reader)
    return (
        pl.DataFrame(schema=EPISODE)
        if kept is None
        else control.episodes(kept, PROGRAMME)
    )


def held_out(reader: Reader, listed: pl.DataFrame, today: date) -> pl.Series:
    """Which of the customers listed, with their `last_day`, are not to be turned to.

    An episode goes on until the customer buys or it is over; who is in none is drawn as
    when listed, so that nobody is shown before and held out after.
    """
    rules = terms(reader.settings, today)
    running = {
        row["customer_id"]: row
        for row in episodes(reader).filter(pl.col("ends_on") >= today).to_dicts()
    }
    kept = book(reader)
    ids = listed["customer_id"].to_list()
    others = frozenset() if kept is None else control.among(kept, ids, today)

    def held(customer: str, last: date) -> bool:
        row = running.get(customer)
        if row is not None and last <= row["started_on"]:
            return bool(row["control"])
        return customer in others or control.drawn(customer, rules)

    told = [held(*row) for row in listed.select("customer_id", "last_day").iter_rows()]
    return pl.Series("held_out", told, dtype=pl.Boolean)


def resting(reader: Reader, today: date) -> list[str]:
    """Customers whose follow-up sleeps until later, or was closed in an episode."""
    kept = book(reader)
    if kept is None:
        return []
    rows = follow_ups.listed(kept, programme=PROGRAMME, open_only=False)
    asleep = (pl.col("status") == "snoozed") & (pl.col("due_on") > today)
    since = episodes(reader).filter(pl.col("ends_on") >= today)
    closed = rows.filter(pl.col("status") == "closed").join(
        since, on="customer_id", how="semi"
    )
    both = [*rows.filter(asleep)["customer_id"], *closed["customer_id"]]
    open_now = set(rows.filter(pl.col("status").is_in(OPEN))["customer_id"])
    return sorted(set(both) - open_now)


def written(reader: Reader) -> int:
    """How much has been written in the book: grows with everything that is."""
    kept = book(reader)
    return 0 if kept is None else kept.head().seq


def owned(reader: Reader, owner: str) -> list[str]:
    """Customers whose open follow-up an owner has."""
    kept = book(reader)
    if kept is None:
        return []
    return sorted(
        set(follow_ups.listed(kept, programme=PROGRAMME, owner=owner)["customer_id"])
    )


def owners(reader: Reader) -> Sequence[str]:
    """Who has an open follow-up."""
    kept = book(reader)
    if kept is None:
        return []
    rows = follow_ups.listed(kept, programme=PROGRAMME)
    return sorted(rows["owner"].drop_nulls().unique())


OPEN = ("open", "assigned", "contacted")
