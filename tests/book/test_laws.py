"""What holds of the book on every database; `tests/databases/test_book.py` runs the
same tests on PostgreSQL."""

import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from dashboard.book import (
    Book,
    ConflictError,
    NotAllowedError,
    cases,
    chain,
    contacts,
    control,
    erasure,
    follow_ups,
    history,
    place,
    verify,
)
from dashboard.book.contacts import Contact
from dashboard.book.control import Terms
from dashboard.book.follow_ups import Task
from data.errors import UnavailableError, UsageError
from tests.book.conftest import NOON, Clock, pen

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 2)
LATER = date(2026, 11, 9)
TASK = Task("churn", "Wang", LATER, action="call", note="asked for a catalogue")
CALL = Contact("c1", "call", TODAY, "winback", "reached", "will come by", LATER)


def one(book: Book, customer: str = "c1", task: Task = TASK):
    return follow_ups.assign(book, pen("Li"), [customer], task).records[0]


def test_a_follow_up_is_assigned_contacted_snoozed_and_closed(book: Book) -> None:
    first = one(book)
    called = follow_ups.contacted(book, pen("Wang"), first.seen, CALL)
    asleep = follow_ups.snooze(book, pen("Wang"), called.seen, LATER)
    follow_ups.close(book, pen("Wang"), asleep.seen, "kept", "came back")
    told = [(each.status, each.written_by) for each in book.versions(first.id)]
    assert told == [
        ("assigned", "Li"),
        ("contacted", "Wang"),
        ("snoozed", "Wang"),
        ("closed", "Wang"),
    ]
    assert follow_ups.listed(book).is_empty()
    row = follow_ups.listed(book, open_only=False).row(0, named=True)
    assert (row["outcome"], row["note"], row["contacts"]) == ("kept", "came back", 1)
    recorded = contacts.listed(book, customers=["c1"]).row(0, named=True)
    assert (recorded["employee"], recorded["feedback"]) == ("Wang", "will come by")


def test_a_request_sent_again_writes_nothing(book: Book) -> None:
    """Reliability 47: a double click, a resend and a replay are one record."""
    again = pen("Li", "form-1")
    first = follow_ups.assign(book, again, ["c1", "c2"], TASK)
    head = book.head()
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(follow_ups.assign, book, again, ["c1", "c2"], TASK)
            for _ in range(8)
        ]
    assert all(job.result() == first for job in jobs)
    assert follow_ups.listed(book).height == 2
    assert book.head() == head


def test_at_once_a_request_is_answered_once(book: Book) -> None:
    """Reliability 47: both clicks arrive before either is saved."""
    again = pen("Li", "form-1")
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(follow_ups.assign, book, again, ["c1"], TASK) for _ in range(8)
        ]
    assert len({job.result().records[0].id for job in jobs}) == 1
    assert follow_ups.listed(book).height == 1


def test_a_request_about_something_else_is_not_taken_for_saved(book: Book) -> None:
    """Reliability 47: what was typed after the save is not dropped silently."""
    follow_ups.assign(book, pen("Li", "form-1"), ["c1"], TASK)
    with pytest.raises(NotAllowedError) as refused:
        follow_ups.assign(book, pen("Li", "form-1"), ["c2"], TASK)
    assert refused.value.reason == "sent"


def test_an_edit_of_an_older_version_is_refused_with_both(book: Book) -> None:
    """Reliability 46: two people edit one record; the later is shown both versions."""
    first = one(book)
    follow_ups.reassign(book, pen("Zhao"), first.seen, "Zhao", LATER)
    with pytest.raises(ConflictError) as refused:
        follow_ups.close(book, pen("Wang"), first.seen, "lost")
    assert refused.value.yours.owner == "Wang"
    assert (refused.value.theirs.owner, refused.value.theirs.version) == ("Zhao", 2)
    held = book.record(first.id)
    assert (held.status, held.owner) == ("assigned", "Zhao")
    closed = follow_ups.close(book, pen("Wang"), held.seen, "lost")
    assert closed.status == "closed"


def test_what_may_not_be_is_refused_and_leaves_nothing(book: Book) -> None:
    """Reliability 49: closing without outcome, editing what ended, due before made."""
    first = one(book)
    head = book.head()
    yesterday = TODAY - timedelta(days=1)
    ahead = replace(CALL, contacted_on=LATER)
    refused = {
        "outcome": lambda: follow_ups.close(book, pen(), first.seen, ""),
        "reason": lambda: follow_ups.withdraw(book, pen(), first.seen, " "),
        "due": lambda: follow_ups.snooze(book, pen(), first.seen, yesterday),
        "ahead": lambda: follow_ups.contacted(book, pen(), first.seen, ahead),
        "long": lambda: one(book, "c2", Task("churn", note="x" * 4001)),
        "character": lambda: one(book, "c2", Task("churn", note="\0")),
    }
    for reason, act in refused.items():
        with pytest.raises(NotAllowedError) as error:
            act()
        assert error.value.reason == reason
    with pytest.raises(UsageError):
        one(book, "c2", Task("gossip"))
    assert book.head() == head
    closed = follow_ups.close(book, pen(), first.seen, "lost")
    for act in (follow_ups.snooze, follow_ups.reassign):
        with pytest.raises(NotAllowedError) as error:
            act(book, pen(), closed.seen, LATER) if act is follow_ups.snooze else act(
                book, pen(), closed.seen, "Li", LATER
            )
        assert error.value.reason == "ended"


def test_author_and_time_are_not_what_a_form_says(book: Book, clock: Clock) -> None:
    """Reliability 49: they come from the session and from the server's clock."""
    forged = {"who", "written_by", "created_by", "written_at", "created_at", "at"}
    for form in (Task, Contact, cases.Done):
        assert not forged & {field.name for field in fields(form)}
    first = one(book)
    clock.go_on(hours=1)
    edited = follow_ups.reassign(book, pen("Zhao"), first.seen, "Li", LATER)
    assert (edited.created_by, edited.created_at) == ("Li", first.created_at)
    assert edited.written_by == "Zhao"
    assert datetime.fromisoformat(edited.written_at) == NOON + timedelta(hours=1)


def test_the_audit_says_who_did_what_when_and_what_was_before(
    book: Book, clock: Clock
) -> None:
    """Reliability 50: create, edit, close and delete, each with its snapshot."""
    first = one(book)
    clock.go_on(minutes=5)
    moved = follow_ups.reassign(book, pen("Zhao"), first.seen, "Zhao", None)
    follow_ups.close(book, pen("Zhao"), moved.seen, "lost")
    gone = one(book, "c2")
    follow_ups.withdraw(book, pen("Li"), gone.seen, "wrong customer")
    entries = history.audit(book)[::-1]
    assert [each["action"] for each in entries] == [
        "create",
        "assign",
        "close",
        "create",
        "delete",
    ]
    assert [each["seq"] for each in entries] == [1, 2, 3, 4, 5]
    edit = entries[1]
    assert (edit["who"], edit["snapshot"]) == ("Zhao", "7-abc")
    at = datetime.fromisoformat(edit["at"])
    assert at == NOON + timedelta(minutes=5)
    assert at.tzinfo == UTC
    assert edit["changes"] == [
        {"name": "owner", "before": "Wang", "after": "Zhao"},
        {"name": "due_on", "before": "2026-11-09", "after": None},
    ]
    found = verify.verify(book)
    assert not found.findings
    assert (found.entries, found.records) == (5, 2)


def test_the_database_refuses_to_change_the_audit(book: Book) -> None:
    """Reliability 50: a slip of whoever has the database open changes no entry."""
    one(book)
    for statement in ("UPDATE book_audit SET who = 'Zhao'", "DELETE FROM book_audit"):
        with pytest.raises(DBAPIError, match="only added to"), book.engine.begin() as c:
            c.execute(text(statement))
    assert not verify.verify(book).findings


TAMPERED = {
    "entry_altered": "UPDATE book_audit SET who = 'Zhao' WHERE seq = 2",
    "entry_missing": "DELETE FROM book_audit WHERE seq = 2",
    "end_missing": "DELETE FROM book_audit WHERE seq = 4",
    "row_altered": "UPDATE book_versions SET owner = 'Zhao' WHERE version = 1",
    "row_missing": "DELETE FROM book_versions WHERE version = 1",
    "row_added": "INSERT INTO book_versions SELECT record_id, 9, kind, subject, status,"
    " customer_id, owner, due_on, facts, words, created_by, created_at, written_by,"
    " written_at FROM book_versions WHERE version = 2",
    "record_moved": "UPDATE book_records SET version = 1 WHERE version = 2",
}
REORDERED = (
    "UPDATE book_audit SET seq = 99 WHERE seq = 2",
    "UPDATE book_audit SET seq = 2 WHERE seq = 3",
    "UPDATE book_audit SET seq = 3 WHERE seq = 99",
)
CUT = (
    "DELETE FROM book_audit WHERE seq > 2",
    "UPDATE book_head SET seq = 2, hash = (SELECT hash FROM book_audit WHERE seq = 2)",
    "DELETE FROM book_versions WHERE record_id IN"
    " (SELECT id FROM book_records WHERE customer_id = 'c2')",
    "DELETE FROM book_records WHERE customer_id = 'c2'",
)


def four_entries(book: Book) -> None:
    first = one(book)
    follow_ups.close(book, pen(), first.seen, "lost")
    other = one(book, "c2")
    follow_ups.close(book, pen(), other.seen, "lost")
    assert not verify.verify(book).findings


def tamper(book: Book, *statements: str) -> None:
    """As whoever owns the database can: without the triggers."""
    off = {
        "sqlite": ["DROP TRIGGER book_audit_update", "DROP TRIGGER book_audit_delete"],
        "postgresql": ["ALTER TABLE book_audit DISABLE TRIGGER ALL"],
    }
    with book.engine.execution_options(writes=True).begin() as connection:
        for statement in (*off[book.engine.dialect.name], *statements):
            connection.execute(text(statement))


@pytest.mark.parametrize("rule", TAMPERED)
def test_what_was_tampered_with_is_found(book: Book, rule: str) -> None:
    """Reliability 50: an entry or a row that was altered, removed or added."""
    four_entries(book)
    tamper(book, TAMPERED[rule])
    assert rule in {found.rule for found in verify.verify(book).findings}


def test_entries_in_another_order_are_found(book: Book) -> None:
    """Reliability 50: two entries that changed places."""
    four_entries(book)
    tamper(book, *REORDERED)
    assert "entry_altered" in {found.rule for found in verify.verify(book).findings}


def test_a_clean_cut_at_the_end_is_found(book: Book) -> None:
    """Reliability 50: the last entries gone with all that belongs to them."""
    four_entries(book)
    noted = book.head()
    tamper(book, *CUT)
    told = {found.rule for found in verify.verify(book).findings}
    assert told == {"end_missing"}
    (book.store / "book.anchor").unlink()
    told = {found.rule for found in verify.verify(book, noted).findings}
    assert told == {"no_anchor", "noted_missing"}


def test_a_chain_made_without_the_key_is_found(book: Book) -> None:
    """Reliability 50: whoever can write to the database but has not the key."""
    four_entries(book)
    stranger = Book(book.store, book.engine, type(book.vault)(bytes(32)), book.clock)
    row = {"record_id": "x", "version": 1}
    assert chain.digest(stranger.vault, row) != chain.digest(book.vault, row)
    with pytest.raises(UnavailableError, match="another key"):
        follow_ups.listed(stranger)


def test_those_overdue_are_listed_exactly_and_escalated_once(
    book: Book, clock: Clock
) -> None:
    """Reliability 51: the day after the due day, until closed, once per due day."""
    due = {"early": TODAY, "late": LATER, "never": None}
    for customer, day in due.items():
        one(book, customer, Task("complaint", "Wang", day))
    closed = one(book, "closed", Task("complaint", "Wang", TODAY))
    follow_ups.close(book, pen(), closed.seen, "solved")
    assert follow_ups.overdue(book, TODAY).is_empty()
    clock.go_on(days=1)
    tomorrow = TODAY + timedelta(days=1)
    assert follow_ups.overdue(book, tomorrow)["customer_id"].to_list() == ["early"]
    marked = follow_ups.escalate(book, pen("system"))
    assert [each.customer_id for each in marked] == ["early"]
    assert follow_ups.escalate(book, pen("system")) == ()
    held = book.record(marked[0].id)
    follow_ups.reassign(book, pen(), held.seen, "Wang", tomorrow)
    clock.go_on(days=1)
    again = follow_ups.escalate(book, pen("system"))
    assert [each.customer_id for each in again] == ["early"]
    clock.go_on(days=30)
    late = follow_ups.overdue(book, TODAY + timedelta(days=32))
    assert late["customer_id"].to_list() == ["early", "late"]


def test_an_erased_customer_leaves_the_outcome_and_a_whole_audit(
    book: Book, tmp_path: Path
) -> None:
    """Reliability 51: nothing of the customer is left, in no file of the book."""
    secret = "canary-7319"
    task = Task("complaint", "Wang", LATER, note=secret, about=f"T-{secret}")
    first = one(book, secret, task)
    call = Contact(secret, "call", TODAY, "service", "reached", secret)
    spoken = follow_ups.contacted(book, pen(), first.seen, call)
    follow_ups.close(book, pen(), spoken.seen, "solved", secret)
    cases.record(book, pen(), cases.Done(f"T-{secret}", secret, "received", TODAY))
    listed = pl.DataFrame({"customer_id": [secret], "last_purchased_on": [TODAY]})
    control.enrol(book, pen("system"), listed, Terms("churn", TODAY, share=1.0))
    one(book, "other")
    assert erasure.erase(book, pen("Li"), secret) == 3
    rows = follow_ups.listed(book, open_only=False)
    gone = rows.filter(pl.col("customer_id").is_null())
    assert gone["outcome"].to_list() == ["solved"]
    assert gone["note"].to_list() == [None]
    assert rows.height == 2
    assert control.episodes(book, "churn")["control"].to_list() == [True]
    assert not verify.verify(book).findings
    assert erasure.erase(book, pen("Li"), secret) == 0
    book.engine.dispose()
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert secret.encode() not in kept
    if book.engine.dialect.name == "postgresql":
        with book.engine.connect() as connection:
            for table in ("versions", "records", "episodes", "requests", "audit"):
                found = connection.execute(text(f"SELECT * FROM book_{table}"))
                assert secret not in str(found.all())


def test_what_people_write_is_not_in_the_files_in_clear(
    book: Book, tmp_path: Path
) -> None:
    one(book, "c1", replace(TASK, note="canary-4711"))
    book.engine.dispose()
    for path in tmp_path.rglob("book*"):
        assert b"canary-4711" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_who_is_listed_stays_in_the_group_until_a_purchase_or_the_end(
    book: Book, clock: Clock
) -> None:
    """The group is drawn once per episode: no refresh draws again."""
    names = [f"c{n}" for n in range(400)]
    before = pl.Series([date(2026, 9, 1)] * 400)
    listed = pl.DataFrame({"customer_id": names, "last_purchased_on": before})
    terms = Terms("churn", TODAY, horizon_days=30, share=0.1, salt="s")
    first = control.enrol(book, pen("system"), listed, terms)
    held = set(first.filter("control")["customer_id"])
    assert 20 <= len(held) <= 60
    clock.go_on(days=10)
    again = replace(terms, listed_on=TODAY + timedelta(days=10), share=1.0)
    assert control.enrol(book, pen("system"), listed, again).equals(first)
    bought = listed.with_columns(
        pl.when(pl.col("customer_id") == "c0")
        .then(pl.lit(TODAY + timedelta(days=5)))
        .otherwise("last_purchased_on")
        .alias("last_purchased_on")
    )
    second = control.enrol(book, pen("system"), bought, again)
    assert second.filter(pl.col("started_on") > TODAY)["customer_id"].to_list() == [
        "c0"
    ]
    over = replace(terms, listed_on=TODAY + timedelta(days=31))
    third = control.enrol(book, pen("system"), listed, over)
    assert third.filter(pl.col("started_on") == over.listed_on).height == 399
    assert set(third.filter("control")["customer_id"]) - {"c0"} == held - {"c0"}
    assert not verify.verify(book).findings


def test_nobody_of_a_control_group_is_given_to_a_programme(book: Book) -> None:
    names = [f"c{n}" for n in range(200)]
    listed = pl.DataFrame(
        {"customer_id": names, "last_purchased_on": [None] * 200},
        schema_overrides={"last_purchased_on": pl.Date},
    )
    found = control.enrol(book, pen("system"), listed, Terms("churn", TODAY))
    held = sorted(found.filter("control")["customer_id"])
    for programme in ("churn", "visit", "care"):
        given = follow_ups.assign(book, pen(), names, Task(programme, "Wang", LATER))
        assert sorted(given.held_out) == held
        assert not given.taken
        assert len(given.records) == 200 - len(held)
    answered = follow_ups.assign(book, pen(), held, Task("complaint", "Wang", LATER))
    assert len(answered.records) == len(held)
    call = replace(CALL, customer_id=held[0], next_due=None)
    contacts.record(book, pen(), call)
    assert contacts.listed(book)["held_out"].to_list() == [True]


def test_assigning_many_leaves_those_that_somebody_has(book: Book) -> None:
    one(book, "c1", Task("churn", "Zhao", LATER))
    one(book, "c2", Task("churn"))
    given = follow_ups.assign(book, pen("Li"), ["c1", "c2", "c3"], TASK)
    assert given.taken == ("c1",)
    owners = dict(follow_ups.listed(book).select("customer_id", "owner").iter_rows())
    assert owners == {"c1": "Zhao", "c2": "Wang", "c3": "Wang"}


def test_the_steps_of_a_complaint_are_recorded_once_each_in_order(book: Book) -> None:
    done = cases.Done("T1", "c1", "received", TODAY, "by phone")
    case = cases.record(book, pen("Li"), done)
    later = replace(done, step="assigned", note="")
    case = cases.record(book, pen("Wang"), later, case.version)
    with pytest.raises(NotAllowedError) as refused:
        cases.record(book, pen("Wang"), later, case.version)
    assert refused.value.reason == "done"
    with pytest.raises(ConflictError):
        cases.record(book, pen("Zhao"), replace(later, step="planned"), 1)
    early = replace(later, step="planned", done_on=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowedError) as refused:
        cases.record(book, pen("Zhao"), early, case.version)
    assert refused.value.reason == "order"
    last = cases.record(book, pen("Li"), replace(later, step="tracked"), case.version)
    assert last.status == "closed"
    told = cases.steps(book, ["T1"]).select("step", "done_by", "note").rows()
    assert sorted(told) == [
        ("assigned", "Wang", None),
        ("received", "Li", "by phone"),
        ("tracked", "Li", None),
    ]


def test_an_open_loop_is_closed(book: Book) -> None:
    visit = Contact("c1", "visit", TODAY, "visit", "reached", "wants a call", LATER)
    made = contacts.record(book, pen("Wang"), visit)
    assert contacts.listed(book)["status"].to_list() == ["open"]
    contacts.close_loop(book, pen("Wang"), made.seen, "called")
    row = contacts.listed(book).row(0, named=True)
    assert (row["status"], row["feedback"]) == ("closed", "called")


def test_a_book_that_nobody_wrote_in_is_empty_and_makes_no_file(book: Book) -> None:
    assert follow_ups.listed(book).is_empty()
    assert contacts.listed(book).is_empty()
    assert verify.verify(book).entries == 0
    assert not list(book.store.iterdir())
    assert place.file_of(book.engine) is None or not place.file_of(book.engine).exists()


@pytest.mark.parametrize("reads", [False, True], ids=["writes", "reads"])
def test_a_locked_book_says_so_in_bounded_time(
    hurry: None, book: Book, *, reads: bool
) -> None:
    """Reliability 53: somebody holds the book; nothing is dropped silently."""
    first = one(book)
    started = time.monotonic()
    with place.writing(book.engine) as other:
        chain.held(other)
        if reads:
            assert follow_ups.listed(book).height == 1
        else:
            with pytest.raises(UnavailableError, match="Nothing was saved"):
                follow_ups.close(book, pen("Li", "form-1"), first.seen, "lost")
    assert time.monotonic() - started < 10
    follow_ups.close(book, pen("Li", "form-1"), first.seen, "lost")
    assert follow_ups.listed(book).is_empty()


def test_a_book_that_can_only_be_read_says_so(book: Book) -> None:
    """Reliability 53: it is read, and a save is refused in words."""
    first = one(book)
    statements = {
        "sqlite": "PRAGMA query_only = ON",
        "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    }

    def only_reads(connection: Any, _: Any) -> None:
        connection.execute(statements[book.engine.dialect.name])
        connection.commit()

    event.listen(book.engine, "connect", only_reads)
    book.engine.dispose()
    assert follow_ups.listed(book).height == 1
    with pytest.raises(UnavailableError, match="only be read here"):
        follow_ups.close(book, pen(), first.seen, "lost")
    event.remove(book.engine, "connect", only_reads)
    book.engine.dispose()
    assert follow_ups.listed(book)["status"].to_list() == ["assigned"]


def written(act: str, *given: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.book.writers", act, *map(str, given)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_eight_writers_lose_no_update(book: Book) -> None:
    """Reliability 46: 8 processes, 200 edits each of one record."""
    first = one(book)
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(written, "update", book.store, first.id, 200) for _ in range(8)
        ]
    assert sum(job.result()["done"] for job in jobs) == 1600
    held = book.record(first.id)
    assert held.version == len(book.versions(first.id)) == 1601
    assert not verify.verify(book).findings


@pytest.mark.slow
def test_eight_writers_lose_no_new_record(book: Book) -> None:
    """Reliability 46: 8 processes, 200 new records each."""
    one(book)
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(written, "insert", book.store, f"w{n}", 200) for n in range(8)
        ]
    assert sum(job.result()["done"] for job in jobs) == 1600
    wanted = {f"w{n}-{place}" for n in range(8) for place in range(200)}
    listed = follow_ups.listed(book, programme="visit")["customer_id"].to_list()
    assert len(listed) == 1600
    assert set(listed) == wanted
    assert not verify.verify(book).findings


@pytest.mark.slow
def test_a_kill_during_a_save_loses_nothing_acknowledged(book: Book) -> None:
    """Reliability 48: 200 writers killed at random moments while they save."""
    one(book)
    told = written("die", book.store, 200)["acknowledged"]
    found = Counter(
        name.partition("-")[0]
        for name in follow_ups.listed(book, programme="visit")["customer_id"]
    )
    for number, acknowledged in enumerate(told):
        assert found[f"r{number}"] in (acknowledged, acknowledged + 1)
    assert sum(told) > 100
    assert len(told) == 200
    assert not verify.verify(book).findings
    if book.engine.dialect.name == "sqlite":
        with book.engine.connect() as connection:
            whole = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        assert whole == "ok"
    last = f"r199-{told[199]}"
    follow_ups.assign(
        book, pen("Li", last), [last], Task("visit", "Wang", None, note="what was said")
    )
    assert follow_ups.listed(book, customers=[last]).height == 1


def test_what_people_type_is_not_in_the_file(book: Book, tmp_path: Path) -> None:
    told = "call 13800138000 after six"
    follow_ups.assign(book, pen(), ["C1"], Task("churn", "Li", action=told, note=told))
    assert follow_ups.listed(book)["action"].to_list() == [told]
    book.engine.dispose()
    for file in tmp_path.rglob("book.*"):
        assert b"13800138000" not in file.read_bytes()


def test_nobody_is_left_to_turn_to_after_an_erasure(book: Book, clock: Clock) -> None:
    due = clock.at.date() + timedelta(days=1)
    for customer in ("C1", "C2"):
        follow_ups.assign(book, pen(), [customer], Task("churn", "Li", due_on=due))
    erasure.erase(book, pen(), "C1")
    clock.go_on(days=3)
    assert follow_ups.overdue(book, clock.at.date())["customer_id"].to_list() == ["C2"]
    assert follow_ups.listed(book)["customer_id"].to_list() == ["C2"]
    assert len(follow_ups.escalate(book, pen())) == 1
