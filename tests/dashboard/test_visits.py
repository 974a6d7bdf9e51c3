"""Contacts recorded here count at once; what cannot be told is said in words."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.book import Pen, book_of, contacts
from dashboard.book.contacts import Contact
from dashboard.book.place import BOOK
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.warehouse import open_current


@pytest.fixture
def written(
    company_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    """The sample company in a store of its own, in whose book one may write."""
    monkeypatch.delenv(BOOK, raising=False)
    return Reader(open_current(shutil.copytree(company_store, tmp_path / "store")))


def asked(reader: Reader, metric: str, **options: str) -> pl.DataFrame:
    given = tuple(sorted(options.items()))
    return answer(reader, LOCAL, Question(metric, options=given))


def record(reader: Reader, customer: str, kind: str, on: date, purpose: str) -> None:
    noon = datetime(2026, 10, 21, 4, tzinfo=UTC)
    book = book_of(reader.snapshot.store.root, lambda: noon)
    pen = Pen("Li", uuid4().hex, reader.snapshot.id)
    contacts.record(book, pen, Contact(customer, kind, on, purpose, "reached"))
    book.engine.dispose()


def test_a_visit_that_is_recorded_counts_as_done_in_its_period(written: Reader) -> None:
    coming = asked(written, "visit_list", show="coming", kind="visit")
    customer = coming["customer_id"][0]
    left = asked(written, "visit_progress")["left"][0]
    record(written, customer, "visit", date(2026, 10, 20), "visit")
    assert asked(written, "visit_progress")["left"][0] == left - 1
    again = asked(written, "visit_list", show="coming", kind="visit")
    assert customer not in set(again["customer_id"])
    record(written, customer, "visit", date(2026, 10, 21), "visit")
    assert asked(written, "visit_progress")["left"][0] == left - 1


def test_a_greeting_or_a_call_makes_up_for_no_visit(written: Reader) -> None:
    customer = asked(written, "visit_list", show="coming", kind="visit")["customer_id"][
        0
    ]
    left = asked(written, "visit_progress")["left"][0]
    record(written, customer, "visit", date(2026, 10, 20), "care")
    record(written, customer, "gift", date(2026, 10, 20), "visit")
    assert asked(written, "visit_progress")["left"][0] == left


def test_a_visit_in_a_period_that_has_ended_mends_its_compliance(
    written: Reader,
) -> None:
    overdue = asked(written, "visit_list", show="overdue", kind="call")
    before = asked(written, "visit_compliance")["missed"][0]
    row = overdue.row(0, named=True)
    record(written, row["customer_id"], "call", row["due_on"], "visit")
    assert asked(written, "visit_compliance")["missed"][0] == before - 1


def test_an_owner_sees_own_duties_alone(company: Reader) -> None:
    every = asked(company, "visit_list", show="coming")
    owner = every["owner"].mode()[0]
    mine = asked(company, "visit_list", show="coming", owner=owner)
    assert set(mine["owner"]) == {owner}
    assert mine.height == every.filter(pl.col("owner") == owner).height


def test_what_is_no_list_or_date_says_what_is_right(company: Reader) -> None:
    with pytest.raises(UsageError, match="--show"):
        asked(company, "visit_list", show="all of them")
    with pytest.raises(UsageError, match="as of the last day"):
        answer(company, LOCAL, Question("visit_progress", as_of=date(2026, 8, 31)))
    with pytest.raises(UsageError, match="--show"):
        asked(company, "ticket_list", show="late")


def test_without_contacts_or_tickets_the_missing_table_is_named(few: Reader) -> None:
    for metric, table in (
        ("visit_compliance", "contacts"),
        ("open_tickets", "tickets"),
    ):
        row = asked(few, metric).row(0, named=True)
        assert f"no table {table}" in row["reason"]
