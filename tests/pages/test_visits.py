"""A visit is written down on the page, counts at once, and its loop is closed there."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from dashboard.answers import answer
from dashboard.book import book_of, contacts
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.warehouse import open_current
from tests.pages.conftest import Opener


@pytest.fixture
def store(company_store: Path, tmp_path: Path) -> Path:
    return shutil.copytree(company_store, tmp_path / "store")


def left(store: Path) -> int:
    reader = Reader(open_current(store))
    return int(answer(reader, LOCAL, Question("visit_progress"))["left"][0])


def test_a_visit_that_is_saved_on_the_page_counts_and_its_loop_is_closed_there(
    open_page: Opener, store: Path
) -> None:
    reader, before = Reader(open_current(store)), left(store)
    options = (("kind", "visit"), ("show", "coming"))
    coming = answer(reader, LOCAL, Question("visit_list", options=options))
    app = open_page(store, "visits", locale="en-US")
    assert not app.exception
    next(t for t in app.text_input if t.label == "Customer id").input(
        coming["customer_id"][0]
    )
    day, due = app.date_input[0], app.date_input[1]
    day.set_value(date(2026, 10, 20))
    due.set_value(date(2026, 12, 1))
    next(b for b in app.button if b.label == "Save").click()
    app.run()
    assert not app.exception
    assert left(store) == before - 1
    next(b for b in app.button if b.label == "Done").click()
    app.run()
    assert not app.exception
    assert contacts.listed(book_of(store))["status"].to_list() == ["closed"]


def test_a_visit_to_nobody_is_refused_and_the_form_keeps_what_was_typed(
    open_page: Opener, store: Path
) -> None:
    app = open_page(store, "visits", locale="en-US")
    next(t for t in app.text_input if t.label == "Customer id").input("C' OR '1'='1")
    next(b for b in app.button if b.label == "Save").click()
    app.run()
    assert not app.exception
    assert app.error[0].value == "There is no such customer"
    assert contacts.listed(book_of(store)).is_empty()
    kept = next(t for t in app.text_input if t.label == "Customer id")
    assert kept.value == "C' OR '1'='1"
