"""The alerts on the Overview: planned once, never lost, never over another plan."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.answers import answer
from dashboard.book import (
    Book,
    Pen,
    Seen,
    book_of,
    chain,
    follow_ups,
    place,
    rectifications,
)
from dashboard.book.place import BOOK
from dashboard.book.rectifications import Plan
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current
from tests.browser.test_numbers import Shown, agrees
from tests.faults.company import write
from tests.pages.conftest import Opener, written

DUE = date(2030, 1, 31)
NUMBER = re.compile(
    'data-metric="([^"]+)" data-args="([^"]+)" data-column="([^"]+)"'
    ' data-row="([^"]+)"[^>]*>([^<]+)<'
)


@pytest.fixture(scope="module")
def unhappy_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose customers would not recommend it."""
    folder = tmp_path_factory.mktemp("unhappy")
    orders = [
        {
            "order_id": f"O{n}",
            "customer_id": f"C{n % 40}",
            "ordered_at": f"2026-0{1 + n % 9}-{1 + n % 28:02}",
            "amount": "100",
        }
        for n in range(200)
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
    refresh(
        write(folder / "src", orders=orders, surveys=surveys),
        folder / "store",
        Settings(),
    )
    return folder / "store"


@pytest.fixture
def book(unhappy_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    monkeypatch.delenv(BOOK, raising=False)
    monkeypatch.setattr(place, "PATIENCE", 1)
    place._engine.cache_clear()
    made = book_of(unhappy_store)
    yield made
    made.engine.dispose()


def standing(book: Book) -> dict[str, object]:
    found = rectifications.listed(book)
    return found.filter(metric="nps").row(0, named=True)


def fill(app: AppTest, book: Book, owner: str, measures: str) -> None:
    """Fill in the plan of the alert; its button is not pressed yet."""
    wanted = standing(book)["rectification"]
    form = f"plan-{wanted}"
    next(e for e in app.text_input if e.key.startswith(form)).set_value(owner)
    next(e for e in app.text_area if e.key.startswith(form)).set_value(measures)


def send(app: AppTest, book: Book) -> AppTest:
    form = f"plan-{standing(book)['rectification']}"
    next(e for e in app.button if (e.key or "").startswith(form)).click()
    return app.run()


def typed(app: AppTest, book: Book) -> str:
    form = f"plan-{standing(book)['rectification']}"
    return next(e for e in app.text_area if e.key.startswith(form)).value


def test_an_alert_is_planned_by_the_form(
    book: Book, unhappy_store: Path, open_page: Opener
) -> None:
    app = open_page(unhappy_store, lang="en")
    assert not app.exception
    assert "Alerts in force" in written(app)
    fill(app, book, "Wang", "Call every detractor")
    send(app, book)
    row = standing(book)
    assert (row["status"], row["owner"]) == ("assigned", "Wang")
    assert row["measures"] == "Call every detractor"
    assert "Call every detractor" in written(app)
    record = book.record(str(row["rectification"]))
    assert (record.created_by, record.written_by) == ("system", "local")


def test_another_edit_meanwhile_is_shown_and_not_overwritten(
    book: Book, unhappy_store: Path, open_page: Opener
) -> None:
    """Reliability 46: the second of two people sees both versions on the page."""
    app = open_page(unhappy_store, lang="en")
    fill(app, book, "Li", "Mine")
    row = standing(book)
    seen = Seen(str(row["rectification"]), int(str(row["version"])))
    theirs = Plan("Zhao", DUE, "Theirs")
    rectifications.plan(book, Pen("Zhao", "other-form", "s"), seen, theirs)
    send(app, book)
    assert "Zhao" in app.error[0].value
    assert "Theirs" in app.error[0].value
    assert standing(book)["owner"] == "Zhao"
    assert typed(app, book) == "Mine"
    send(app, book)
    assert not app.error
    assert standing(book)["measures"] == "Mine"


def test_a_locked_book_keeps_what_was_typed(
    book: Book, unhappy_store: Path, open_page: Opener
) -> None:
    """Reliability 53: the text stays in the form, and saves when the book is free."""
    app = open_page(unhappy_store, lang="en")
    fill(app, book, "Wang", "Not to be typed twice")
    with place.writing(book.engine) as other:
        chain.held(other)
        send(app, book)
        assert "What you typed is still here" in app.error[0].value
        assert typed(app, book) == "Not to be typed twice"
    send(app, book)
    assert not app.error
    assert standing(book)["measures"] == "Not to be typed twice"


def test_without_an_outcome_it_is_not_closed(
    book: Book, unhappy_store: Path, open_page: Opener
) -> None:
    """Reliability 49: closing without an outcome is refused on the page."""
    app = open_page(unhappy_store, lang="en")
    form = f"mended-{standing(book)['rectification']}"
    next(e for e in app.button if (e.key or "").startswith(form)).click()
    app.run()
    assert "what came of it" in app.error[0].value
    assert standing(book)["status"] != "closed"


def test_a_viewer_who_may_not_write_sees_no_form(
    unhappy_store: Path, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard import queries
    from dashboard.viewer import Rights, Viewer

    reader = Viewer("reader", "reader", Rights(personal=True))
    monkeypatch.setattr(queries, "viewer", lambda: reader)
    app = open_page(unhappy_store, lang="en")
    assert "Alerts in force" in written(app)
    assert not app.text_area


def test_a_detractors_comment_is_given_to_somebody_and_closed(
    company_store: Path, tmp_path: Path, open_page: Opener
) -> None:
    """On a copy: the company is everybody's."""
    store = tmp_path / "store"
    shutil.copytree(company_store, store)
    app = open_page(store, "satisfaction", lang="en")
    waiting = written(app).count("Not followed up")
    assert waiting > 1
    press(app, "comment-", "owner", "Wang")
    assert "Assigned · Wang · Due" in written(app)
    assert written(app).count("Not followed up") == waiting - 1
    press(app, "answered-", "outcome-en", "solved")
    assert "Closed · Wang · Solved" in written(app)
    book = book_of(store)
    row = follow_ups.listed(book, open_only=False).row(0, named=True)
    assert (row["programme"], row["outcome"]) == ("comment", "solved")
    assert row["about"]
    book.engine.dispose()


def press(app: AppTest, form: str, field: str, value: str) -> None:
    """Fill in one field of the first such form and send it."""
    fields = [*app.text_input, *app.selectbox]
    found = next(
        e for e in fields if (e.key or "").startswith(form) and e.key.endswith(field)
    )
    found.set_value(value)
    request = found.key.removesuffix(field)
    next(e for e in app.button if e.key == f"{request}send").click()
    app.run()


def test_each_number_is_what_the_command_prints(
    book: Book, unhappy_store: Path, open_page: Opener
) -> None:
    reader = Reader(open_current(unhappy_store))
    asked = {
        name: answer(reader, LOCAL, Question(name)).to_dicts()
        for name in ("alerts", "rectifications")
    }
    shown = NUMBER.findall(written(open_page(unhappy_store, lang="en")))
    ours = [each for each in shown if each[0] in asked]
    assert len(ours) >= 4
    for metric, args, column, row, text in ours:
        assert args == metric
        number = Shown("overview", "", column, unescape(row), unescape(text))
        assert agrees(number, asked[metric]), number
