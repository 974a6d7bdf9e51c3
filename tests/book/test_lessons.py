"""Lessons from campaigns are kept, can be taken back, and stay in the audit."""

import pytest

from dashboard.book import Book, ConflictError, NotAllowedError, lessons
from tests.book.conftest import Clock, pen


def test_lessons_stand_with_who_wrote_them_the_newest_first(
    book: Book, clock: Clock
) -> None:
    lessons.note(book, pen("ann", "one"), "CP1", " Coupons work on Fridays ")
    clock.go_on(minutes=1)
    lessons.note(book, pen("bob", "two"), "CP1", "Not in August")
    lessons.note(book, pen("bob", "three"), "CP2", "Another campaign's")
    told = lessons.listed(book, "CP1")
    assert told.select("lesson", "written_by").rows() == [
        ("Not in August", "bob"),
        ("Coupons work on Fridays", "ann"),
    ]


def test_a_form_sent_twice_is_one_lesson(book: Book) -> None:
    for _ in range(2):
        lessons.note(book, pen("ann", "one"), "CP1", "Coupons work")
    assert lessons.listed(book, "CP1").height == 1


def test_a_lesson_taken_back_is_gone_from_the_page_and_not_from_the_book(
    book: Book,
) -> None:
    made = lessons.note(book, pen("ann", "one"), "CP1", "Coupons work")
    lessons.withdraw(book, pen("bob", "two"), made.seen)
    assert lessons.listed(book, "CP1").is_empty()
    assert [each.status for each in book.versions(made.id)] == ["noted", "withdrawn"]
    with pytest.raises((NotAllowedError, ConflictError)):
        lessons.withdraw(book, pen("bob", "three"), made.seen)


def test_an_empty_lesson_is_refused(book: Book) -> None:
    with pytest.raises(NotAllowedError):
        lessons.note(book, pen("ann", "one"), "CP1", "   ")
