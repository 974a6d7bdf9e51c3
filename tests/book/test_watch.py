"""Rectifications: opened once by the rule, mended by people, undone by no refresh."""

from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import polars as pl
import pytest

from dashboard import refresh as refreshing
from dashboard.book import (
    Book,
    NotAllowedError,
    Seen,
    book_of,
    follow_ups,
    place,
    rectifications,
    verify,
)
from dashboard.book.follow_ups import Task
from dashboard.book.rectifications import Plan
from data.settings import Settings
from metrics.rectifications import Opened, alerts
from tests.book.conftest import Clock, pen
from tests.faults.company import write
from tests.metrics.test_rectifications import judged

FELL = date(2026, 10, 31)
PLAN = Plan("Wang", date(2026, 11, 30), "train the staff")


def seen(book: Book, number: int = 0) -> Seen:
    row = rectifications.listed(book).row(number, named=True)
    return Seen(row["rectification"], row["version"])


def watch(book: Book, verdict: str, day: date, request: str | None = None) -> None:
    rectifications.watch(book, pen("system", request), judged(verdict), day)


def test_a_fall_opens_one_until_it_has_recovered(book: Book) -> None:
    for later, verdict in enumerate(("bad", "bad", "undecided", "bad")):
        watch(book, verdict, FELL + timedelta(days=later))
    row = rectifications.listed(book).row(0, named=True)
    assert (row["opened_on"], row["then"], row["then_low"]) == (FELL, 30.0, 25.0)
    assert rectifications.listed(book).height == 1
    rectifications.close(book, pen(), seen(book), "accepted")
    watch(book, "bad", FELL + timedelta(days=5))
    assert rectifications.listed(book).height == 1
    watch(book, "good", FELL + timedelta(days=6))
    watch(book, "bad", FELL + timedelta(days=7))
    assert rectifications.listed(book)["status"].to_list() == ["open", "closed"]
    assert not verify.verify(book).findings


def test_of_two_that_are_open_the_newest_stands_for_the_alert(book: Book) -> None:
    for later, verdict in enumerate(("bad", "good", "bad")):
        watch(book, verdict, FELL + timedelta(days=later))
    opened = rectifications.listed(book)
    assert opened["status"].to_list() == ["open", "open"]
    told = alerts(judged("bad"), Opened.validate(opened))
    assert told["rectification"].to_list() == [opened["rectification"][0]]


def test_one_that_is_open_hears_of_the_recovery(book: Book) -> None:
    watch(book, "bad", FELL)
    rectifications.plan(book, pen("Li"), seen(book), PLAN)
    watch(book, "good", FELL + timedelta(days=30))
    row = rectifications.listed(book).row(0, named=True)
    assert row["recovered_on"] == FELL + timedelta(days=30)
    assert (row["status"], row["owner"]) == ("assigned", "Wang")
    closed = rectifications.close(book, pen("Li"), seen(book), "effective", "well done")
    assert closed.words == {"measures": "train the staff", "note": "well done"}
    with pytest.raises(NotAllowedError):
        rectifications.plan(book, pen("Li"), closed.seen, PLAN)


def test_one_needs_an_owner_and_a_day_that_is_not_over(book: Book) -> None:
    """Reliability 49: due before it was made."""
    watch(book, "bad", FELL)
    for owner, due, reason in (
        (" ", PLAN.due_on, "owner"),
        ("Wang", date(2026, 11, 1), "due"),
    ):
        with pytest.raises(NotAllowedError) as refused:
            rectifications.plan(book, pen(), seen(book), Plan(owner, due, ""))
        assert refused.value.reason == reason


def source(folder: Path, count: int) -> Path:
    """A company that few would recommend."""
    orders = [
        {
            "order_id": f"O{n}",
            "customer_id": f"C{n % 40}",
            "ordered_at": f"2026-0{1 + n % 9}-{1 + n % 28:02}",
            "amount": "100",
        }
        for n in range(count)
    ]
    surveys = [
        {
            "response_id": f"R{n}",
            "customer_id": f"C{n % 40}",
            "sent_at": "2026-09-01",
            "answered_at": "2026-09-02",
            "score": str(n % 6),
        }
        for n in range(60)
    ]
    return write(folder, orders=orders, surveys=surveys)


def test_a_refresh_leaves_what_people_write_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reliability 52: written before, during and after a refresh, all of it stays."""
    monkeypatch.delenv(place.BOOK, raising=False)
    store, stop, made = tmp_path / "store", Event(), []
    first = refreshing.refresh(source(tmp_path / "a", 200), store, Settings())
    assert "nps is beyond its threshold" in " ".join(first.notices)
    book = book_of(store)

    def write_on() -> None:
        while not stop.is_set():
            name = f"c{len(made)}"
            follow_ups.assign(book, pen(), [name], Task("churn", "Wang"))
            made.append(name)

    writer = Thread(target=write_on)
    writer.start()
    again = refreshing.refresh(source(tmp_path / "b", 220), store, Settings())
    stop.set()
    writer.join()
    assert not again.notices or "nps" not in " ".join(again.notices)
    assert set(follow_ups.listed(book)["customer_id"]) == set(made)
    assert len(made) > 5
    assert rectifications.listed(book).height == 1
    found = verify.verify(book)
    assert not found.findings
    assert found.entries >= len(made) + 2
    book.engine.dispose()


def test_a_book_that_cannot_be_written_is_told_and_fails_no_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reliability 53: the snapshot is published, and the next refresh opens it."""
    monkeypatch.setenv(place.BOOK, "postgresql://nobody@127.0.0.1:1/none")
    store, given = tmp_path / "store", source(tmp_path / "a", 200)
    report = refreshing.refresh(given, store, Settings())
    assert report.manifest is not None
    assert "were not looked at" in report.notices[-1]
    monkeypatch.delenv(place.BOOK)
    refreshing.refresh(given, store, Settings())
    book = book_of(store)
    assert rectifications.listed(book)["metric"].to_list() == ["nps"]
    book.engine.dispose()


def test_every_watched_figure_is_one_row(book: Book, clock: Clock) -> None:
    rows = pl.concat([judged(), judged(metric="csat", part="service")])
    rectifications.watch(book, pen("system"), rows, FELL)
    listed = rectifications.listed(book)
    assert listed.select("metric", "part").rows() == [
        ("csat", "service"),
        ("nps", "all"),
    ]
