"""A day of the people who call: list, filter, assign, call, and a colleague's edit."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.book import Book, book_of, contacts, follow_ups
from dashboard.refresh import refresh
from data.settings import Settings
from data.warehouse import open_current
from tests.browser.conftest import READY, serve, settled

pytestmark = pytest.mark.browser
PAGE = "churn_watchlist?top=20"


@pytest.fixture(scope="module")
def store(company_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the company's store, to write in."""
    return shutil.copytree(company_store, tmp_path_factory.mktemp("ops") / "store")


@pytest.fixture(scope="module")
def served(store: Path) -> Iterator[str]:
    with contextmanager(serve)(store) as address:
        yield address


@pytest.fixture
def book(store: Path) -> Book:
    return book_of(store)


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(locale="en-US").new_page()
    settled(page, address)
    return page


def ready(page: Page) -> None:
    page.wait_for_timeout(400)
    page.wait_for_selector(READY, timeout=30_000)


def listed(page: Page) -> list[str]:
    return page.locator(".ch-day td.customer a").all_inner_texts()


def send(page: Page, name: str) -> None:
    page.get_by_test_id("stFormSubmitButton").get_by_text(name, exact=True).click()
    ready(page)


def test_an_operations_day(
    browser: Browser, served: str, store: Path, company_source: Path, book: Book
) -> None:
    page = opened(browser, f"{served}/{PAGE}")
    everyone = listed(page)
    assert 10 < len(everyone) <= 20
    settled(page, f"{served}/{PAGE}&tier=gold")
    gold = listed(page)
    assert gold != everyone
    page.get_by_role("button", name="Assign the list").click()
    page.get_by_label("The first").fill("5")
    send(page, "Assign")
    expect(page.locator(".ch-day .ch-state")).to_have_count(5)
    given = follow_ups.listed(book, programme="churn")
    assert given.height == 5
    assert set(given["customer_id"]) == set(gold[:5])

    refresh(company_source, store, Settings())  # the night's delivery comes meanwhile
    newest = open_current(store).id

    page.get_by_role("button", name="Record a contact").click()
    page.get_by_label("Note").first.fill("will come on Friday")
    send(page, "Save")
    made = contacts.listed(book)
    assert made["customer_id"].to_list() == [gold[0]]
    assert made["feedback"].to_list() == ["will come on Friday"]
    page.reload()
    settled(page, f"{served}/{PAGE}&tier=gold")
    assert contacts.listed(book).height == 1  # a reload sends nothing again
    expect(page.locator(".ch-day tr", has_text=gold[0])).to_contain_text("Contacted")
    settled(page, f"{served}/customer_360?customer={gold[0]}")
    expect(page.locator("body")).to_contain_text("will come on Friday")
    assert open_current(store).id == newest
    assert follow_ups.listed(book, programme="churn").height == 5


def test_a_colleagues_edit_is_shown_and_not_lost(
    browser: Browser, served: str, book: Book
) -> None:
    task = follow_ups.listed(book, programme="churn").row(-1, named=True)
    pages = [opened(browser, f"{served}/{PAGE}&tier=gold") for _ in range(2)]
    for page in pages:
        place = listed(page).index(task["customer_id"]) + 1
        page.get_by_label("Work on a customer").click()
        page.get_by_text(f"{place} · {task['customer_id']}", exact=True).last.click()
        ready(page)
        page.get_by_role("button", name=re.compile("Close")).last.click()
    one, other = pages
    send(one, "Save")
    send(other, "Save")
    expect(other.locator("body")).to_contain_text(
        re.compile("changed this entry|has ended")
    )
    versions = book.versions(task["id"])
    assert [each.status for each in versions][-2:] == ["assigned", "closed"]
