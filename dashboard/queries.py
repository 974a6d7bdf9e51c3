"""What pages ask: cached answers of the serving snapshot, for the viewer's rights."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboard import answers, recorded, refusals
from dashboard.alike import rows_of
from dashboard.answers import worth_dates
from dashboard.answers.people import people as behind
from dashboard.catalogue import Metric
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refusals import Refusal
from dashboard.viewer import LOCAL, Viewer
from data.errors import UnavailableError
from data.warehouse import open_current, rejects
from data.warehouse.inventory import Entry, inventory
from data.warehouse.keys import check_key
from data.warehouse.reveal import find_customers, personal_fields
from data.warehouse.store import Store

STORE = "CUSTOMER_HEALTH_STORE"
DEFAULT_STORE = ".customer-health/store"
STALE_DAYS = 2
KEPT_ANSWERS = 2000
KEPT_LISTS = 200
FIRST = 200
SEARCHED = ("phone", "email", "name")
MOST_NAMED = 20


@dataclass(frozen=True)
class Freshness:
    """How old the data are, and what is wrong with them."""

    snapshot: str
    as_of: date
    first_day: date
    refreshed_at: datetime
    refused: Refusal | None
    damaged: str | None
    currency: str
    timezone: str

    def stale(self, now: datetime) -> bool:
        """Whether the last complete day is longer ago than two days."""
        return (now.date() - self.as_of).days > STALE_DAYS


def store() -> Path:
    """The store that this process serves."""
    return Path(os.environ.get(STORE, DEFAULT_STORE))


def viewer() -> Viewer:
    """Who is looking. Without a login there is one local viewer, who may see all."""
    return LOCAL


@st.cache_resource(max_entries=3, show_spinner=False)
def _reader(root: str, snapshot: str) -> Reader:
    return Reader(open_current(Path(root)))


def reader() -> Reader:
    """The snapshot of this script run: one, however often a page asks."""
    current = open_current(store())
    return _reader(str(store()), current.id)


def answer(question: Question) -> pl.DataFrame:
    """The answer to a question; asked again, it comes from the cache.

    Errors: UnavailableError where it needs a book that cannot be read.
    """
    here = reader()
    return _answer(_state(here, question), viewer(), question, here)


def _state(here: Reader, question: Question) -> str:
    """What an answer depends on: the snapshot, for some what people wrote too."""
    if question.metric not in recorded.METRICS:
        return here.snapshot.id
    return f"{here.snapshot.id} {recorded.mark(here.snapshot.store)}"


@st.cache_resource(max_entries=KEPT_ANSWERS, show_spinner=False)
def _answer(
    snapshot: str, viewer: Viewer, question: Question, _reader: Reader
) -> pl.DataFrame:
    return answers.answer(_reader, viewer, question)


def people(question: Question, part: str | None) -> Callable[[], pl.DataFrame]:
    """What asks this snapshot for the customers of a list; too many to keep.

    They are those behind one count of a metric, or those that an answer lists.
    """
    here, who = reader(), viewer()
    if part is None:
        return lambda: answers.answer(here, who, question)
    return lambda: behind(here, who, question, part)


def first_people(question: Question, part: str | None) -> tuple[int, pl.DataFrame]:
    """How many customers a list has, and the first of them, from the cache."""
    return _first_people(_state(reader(), question), viewer(), question, part)


@st.cache_resource(max_entries=KEPT_LISTS, show_spinner=False)
def _first_people(
    snapshot: str, viewer: Viewer, question: Question, part: str | None
) -> tuple[int, pl.DataFrame]:
    del snapshot, viewer  # they are there for the cache
    rows = people(question, part)()
    # A slice would keep the memory of all rows.
    first = pl.DataFrame(rows.head(FIRST).to_dicts(), schema=rows.schema)
    return rows.height, first


def personal(customer: str) -> dict[str, str | None]:
    """A customer's personal fields, as far as rights go; decrypted, never cached."""
    if not viewer().may_see_personal:
        return {}
    found = personal_fields(reader().snapshot, "customers", [customer])
    return dict(found.get(customer, {}))


def named(text: str) -> list[str]:
    """The customers with exactly this name, phone or e-mail; never cached."""
    snapshot = reader().snapshot
    found = [find_customers(snapshot, field, text) for field in SEARCHED]
    return sorted({customer for each in found for customer in each})[:MOST_NAMED]


def missing(metric: Metric) -> tuple[str, ...]:
    """The tables that a metric lacks."""
    return answers.missing(reader(), metric)


def as_of_dates() -> tuple[date, ...]:
    """The dates that may be picked, newest first."""
    return tuple(reversed(answers.offered(reader())))


def choices(attribute: str) -> tuple[str, ...]:
    """The values of an attribute that the viewer may see, in order."""
    cube = "store" if attribute == "store" else "coarse"
    found = reader().rows(
        f"SELECT DISTINCT {attribute} AS value, region FROM purchase_cells"  # noqa: S608 an attribute of ours
        f" WHERE cube = '{cube}' ORDER BY 1"
    )
    for condition in viewer().rights.rows:
        if condition.attribute in (attribute, "region"):
            name = "value" if condition.attribute == attribute else "region"
            inside = pl.col(name).is_in(list(condition.values))
            found = found.filter(~inside if condition.negate else inside)
    return tuple(found["value"].unique(maintain_order=True))


def schemes() -> tuple[str, ...]:
    """The tier schemes of the settings."""
    return tuple(reader().settings.tiers)


def campaign_names() -> dict[str, str]:
    """What the campaigns with members are called, the newest first."""
    rows = reader().rows(
        "SELECT p.campaign_id, p.name FROM campaign_plans AS p"
        " SEMI JOIN campaign_cells AS c ON c.campaign_id = p.campaign_id"
        " ORDER BY p.starts_on DESC, p.campaign_id DESC"
    )
    return dict(rows.iter_rows())


def scheme_dates(scheme: str) -> tuple[date, ...]:
    """The dates as of which the tiers of a scheme are told, newest first."""
    return tuple(reversed(worth_dates.dates(reader(), scheme)))


def store_names() -> dict[str, str]:
    """What the stores are called."""
    rows = reader().rows("SELECT store_id, COALESCE(name, store_id) FROM store_regions")
    return dict(rows.iter_rows())


def freshness() -> Freshness:
    """How old the data are, and whether the last refresh was refused."""
    manifest = reader().snapshot.manifest
    return Freshness(
        snapshot=manifest.id,
        as_of=date.fromisoformat(manifest.as_of),
        first_day=date.fromisoformat(manifest.first_day),
        refreshed_at=datetime.fromisoformat(manifest.created_at).astimezone(UTC),
        refused=refusals.last(store()),
        damaged=open_current(store()).fallback,
        currency=manifest.currency,
        timezone=manifest.timezone,
    )


def snapshots() -> tuple[Entry, ...]:
    """The published snapshots, newest first; `serving` is the one that is shown."""
    here = Store(store().resolve())
    pointer = here.root / "CURRENT"
    state = pointer.stat().st_mtime_ns if pointer.exists() else 0
    return _snapshots(str(here.root), reader().snapshot.id, state)


@st.cache_resource(max_entries=3, ttl=60, show_spinner=False)
def _snapshots(root: str, serving: str, state: int) -> tuple[Entry, ...]:
    return inventory(Store(Path(root)), serving)


def waiting() -> list[dict[str, Any]]:
    """How many rows wait in quarantine, by table, file and rule; most first."""
    here = reader()
    found = here.remember("waiting", lambda: rejects.waiting(here.snapshot))
    return found.to_dicts()


def alike() -> list[dict[str, Any]]:
    """Customers who look alike, by id."""
    here = reader()
    return here.remember("look-alikes", lambda: rows_of(here.snapshot))


def has_key() -> bool:
    """Whether the store's key is at hand, so that personal fields can be read."""
    return _has_key(str(store().resolve()))


@st.cache_resource(max_entries=3, ttl=60, show_spinner=False)
def _has_key(root: str) -> bool:
    try:
        check_key(Store(Path(root)))
    except UnavailableError:
        return False
    return True


def tables() -> dict[str, int]:
    """How many rows of each table the snapshot holds."""
    return dict(reader().snapshot.manifest.tables)
