"""A company whose orders lie within one month opens every page."""

import csv
from pathlib import Path

import pytest

from dashboard.refresh import refresh
from data.settings import Settings
from tests.pages.conftest import PAGES, Opener, written


@pytest.fixture(scope="module")
def one_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("one-month")
    with (source / "orders.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("order_id", "customer_id", "ordered_at", "amount"))
        for n in range(60):
            rows.writerow((n, f"C{n % 25}", f"2026-03-{1 + n % 28:02}", 100 + n))
    store = tmp_path_factory.mktemp("one-month-store")
    refresh(source, store, Settings())
    return store


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_says_what_it_cannot_tell(
    open_page: Opener, one_month: Path, page: str
) -> None:
    app = open_page(one_month, page, lang="en")
    text = written(app)
    assert not app.exception
    assert "The data cannot be shown" not in text
    if page == "tiers":
        assert "There is no month end before" in text
