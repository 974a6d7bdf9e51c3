"""What the book says of the list: who is held out, who rests, whose it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from dashboard.book import Book, book_of, control, follow_ups
from dashboard.book.control import EPISODE, Terms
from dashboard.book.follow_up_rows import SCHEMA
from dashboard.book.place import BOOK, FILE
from dashboard.book.records import ENDED
from dashboard.reader import Reader
from data.settings import Settings

PROGRAMME = "churn"
AT_WORK = pl.col("status").is_in(["open", "assigned", "contacted"])
OPEN = ~pl.col("status").is_in(list(ENDED))


def book(reader: Reader) -> Book | None:
    """The book of the store that a reader reads; none where nobody wrote yet.

    Errors: UnavailableError without the store's key.
    """
    root, address = reader.snapshot.store.root, os.environ.get(BOOK, "")
    if not address and not (root / FILE).exists():
        return None
    return reader.remember(("book", address), lambda: book_of(root))


def terms(settings: Settings, today: date) -> Terms:
    """How the watchlist lists customers, and holds some of them out."""
    churn = settings.churn
    return Terms(PROGRAMME, today, churn.horizon_days, churn.control_share)


def episodes(reader: Reader) -> pl.DataFrame:
    """Everybody who was ever listed: from when until when, and in which group."""
    kept = book(reader)
    if kept is None:
        return pl.DataFrame(schema=EPISODE)
    return _once(reader, "episodes", lambda: control.episodes(kept, PROGRAMME))


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


def tasks(reader: Reader) -> pl.DataFrame:
    """All follow-ups of the programme as they stand, those that are closed too."""
    kept = book(reader)
    if kept is None:
        return pl.DataFrame(schema=SCHEMA)
    return _once(
        reader,
        "follow-ups",
        lambda: follow_ups.listed(
            kept, programme=PROGRAMME, open_only=False
        ).drop_nulls("customer_id"),
    )


def resting(reader: Reader, today: date) -> list[str]:
    """Customers whose follow-up sleeps until later, or was closed in an episode."""
    rows = tasks(reader)
    asleep = (pl.col("status") == "snoozed") & (pl.col("due_on") > today)
    running = episodes(reader).filter(pl.col("ends_on") >= today)
    since = running.group_by("customer_id").agg(pl.col("started_on").max())
    day = pl.col("written_at").str.slice(0, 10).str.to_date()
    closed = (
        rows.filter(pl.col("status") == "closed")
        .join(since, on="customer_id")
        .filter(day >= pl.col("started_on"))
    )
    both = {*rows.filter(asleep)["customer_id"], *closed["customer_id"]}
    return sorted(both - set(rows.filter(AT_WORK)["customer_id"]))


def written(reader: Reader) -> int:
    """How much has been written in the book: grows with everything that is."""
    kept = book(reader)
    return 0 if kept is None else kept.head().seq


def owned(reader: Reader, owner: str) -> list[str]:
    """Customers whose open follow-up an owner has."""
    mine = tasks(reader).filter(OPEN & (pl.col("owner") == owner))
    return sorted(set(mine["customer_id"]))


def owners(reader: Reader) -> Sequence[str]:
    """Who has an open follow-up."""
    return sorted(tasks(reader).filter(OPEN)["owner"].drop_nulls().unique())


def _once(reader: Reader, name: str, ask: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """What the book says, read again only after something was written."""
    return reader.latest(name, written(reader), ask)
