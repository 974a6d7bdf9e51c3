"""What may be written in the book, by whom, and once."""

from datetime import date

from dashboard.book import Book, follow_ups
from dashboard.book.contacts import Contact
from dashboard.book.follow_ups import Task
from tests.book.conftest import pen

TODAY = date(2026, 11, 2)
LATER = date(2026, 11, 9)
CALL = Contact("c1", "call", TODAY, "winback", "reached", "will come by", LATER)


def test_a_follow_up_goes_from_assigned_to_closed(book: Book) -> None:
    """Reliability 49: the steps of a follow-up, and who took them."""
    made = follow_ups.assign(book, pen("Li"), ["c1"], Task("churn", "Wang", LATER))
    first = made.records[0]
    called = follow_ups.contacted(book, pen("Wang"), first.seen, CALL)
    asleep = follow_ups.snooze(book, pen("Wang"), called.seen, LATER)
    closed = follow_ups.close(book, pen("Wang"), asleep.seen, "kept", "came back")
    assert [each.status for each in book.versions(first.id)] == [
        "assigned",
        "contacted",
        "snoozed",
        "closed",
    ]
    assert (first.created_by, closed.created_by, closed.written_by) == (
        "Li",
        "Li",
        "Wang",
    )
    assert follow_ups.listed(book).is_empty()
    row = follow_ups.listed(book, open_only=False).row(0, named=True)
    assert (row["outcome"], row["note"], row["contacts"]) == ("kept", "came back", 1)
