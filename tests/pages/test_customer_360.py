"""Customer 360 as operations meet it: search, one customer, a contact written down."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.answers import answer
from dashboard.book import Pen, book_of, contacts
from dashboard.book.contacts import Contact
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.warehouse.reveal import personal_fields
from tests.pages.conftest import Opener, written


@pytest.fixture(scope="session")
def largest(company: Reader) -> str:
    """The customer with the highest revenue of the year."""
    return str(answer(company, LOCAL, Question("customer_search"))["customer_id"][0])


def typed(app: AppTest, text: str) -> AppTest:
    app.text_input[0].set_value(text).run()
    return app


def test_the_page_opens_on_a_search_with_the_largest_customers(
    open_page: Opener, company_store: Path, largest: str
) -> None:
    app = open_page(company_store, "customer_360", lang="en")
    assert not app.exception
    assert f"customer_360?customer={largest}" in written(app)


def test_a_phone_number_finds_its_customer_and_nothing_of_it_is_in_the_address(
    open_page: Opener, company_store: Path, company: Reader, largest: str
) -> None:
    fields = personal_fields(company.snapshot, "customers", [largest])[largest]
    phone = fields["phone"]
    assert phone
    app = typed(open_page(company_store, "customer_360", lang="en"), phone)
    assert f"customer_360?customer={largest}" in written(app)
    assert phone not in str(dict(app.query_params))


def test_who_is_not_there_is_said_to_be_not_there(
    open_page: Opener, company_store: Path
) -> None:
    app = typed(open_page(company_store, "customer_360", lang="en"), "Nobody at all")
    assert "No such customer" in written(app)
    app = open_page(company_store, "customer_360", lang="en", customer="nobody")
    assert not app.exception
    assert "No such customer" in written(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_customer_is_told_with_numbers_that_carry_their_command(
    open_page: Opener, company_store: Path, largest: str, lang: str
) -> None:
    app = open_page(company_store, "customer_360", lang=lang, customer=largest)
    assert not app.exception
    text = written(app)
    for metric in ("customer_profile", "customer_rhythm", "customer_timeline"):
        assert f'data-metric="{metric}"' in text
        assert f"--customer={largest}" in text


def test_orders_alone_are_enough(open_page: Opener, orders_only_store: Path) -> None:
    app = open_page(orders_only_store, "customer_360", lang="en", customer="C7")
    assert not app.exception
    assert "C7" in written(app)


def contact(**facts: Any) -> Contact:
    given = {
        "kind": "call",
        "contacted_on": date(2026, 10, 30),
        "purpose": "care",
        "outcome": "reached",
        "feedback": "Likes it",
    }
    return Contact(**{**given, **facts})


def test_a_contact_written_down_lets_the_customer_rest_at_once(
    open_page: Opener, own_store: Path
) -> None:
    page = open_page(own_store, "customer_360", lang="en", customer="C7")
    assert "Let it rest" not in written(page)
    book = book_of(own_store)
    contacts.record(book, Pen("ann", "request", "s", "UTC"), contact(customer_id="C7"))
    page = open_page(own_store, "customer_360", lang="en", customer="C7")
    assert "Let it rest" in written(page)
    assert "Likes it" in written(page)


def test_the_contact_form_writes_who_from_the_session(
    open_page: Opener, own_store: Path
) -> None:
    page = open_page(own_store, "customer_360", lang="en", customer="C9")
    boxes = {box.label: box for box in page.selectbox}
    boxes["How"].set_value("visit")
    next(b for b in page.button if b.label == "Save").click().run()
    found = contacts.listed(book_of(own_store), customers=["C9"])
    assert found.select("kind", "employee").rows() == [("visit", "local")]
    assert found.filter(pl.col("status") == "closed").height == 1
