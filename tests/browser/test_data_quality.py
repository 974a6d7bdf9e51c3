"""What only a browser can tell of the Data quality page: files, and a second click."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.refresh import refresh
from data.settings import Settings
from data.warehouse import open_current
from tests.browser.conftest import serve, settled
from tests.faults.company import customers, orders, write

pytestmark = pytest.mark.browser


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for count in (60, 90):
        bad = orders(1)[0] | {"order_id": "B1", "amount": "a lot"}
        rows = [*orders(count), bad]
        source = write(tmp_path / "in", orders=rows, customers=customers())
        refresh(source, tmp_path / "store", Settings())
    return tmp_path / "store"


@pytest.fixture
def tab(browser: Browser, store: Path) -> Iterator[Page]:
    with contextmanager(serve)(store) as address:
        context = browser.new_context(locale="en-US", accept_downloads=True)
        page = context.new_page()
        settled(page, f"{address}/data_quality")
        yield page
        context.close()


def test_rejected_rows_come_as_a_file_with_a_name_of_its_own(tab: Page) -> None:
    names = set()
    for _ in range(2):
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name="orders").click()
        names.add(waiting.value.suggested_filename)
        text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
        assert text.startswith('"quarantine_id","quarantine_file"')
        assert '"a lot"' in text
        tab.reload()
        tab.get_by_role("button", name="orders").wait_for()
    assert len(names) == 2
    assert all(re.fullmatch(r"orders_rejected_[0-9a-f]{8}\.csv", n) for n in names)


def test_another_snapshot_serves_after_a_second_click_and_no_sooner(
    tab: Page, store: Path
) -> None:
    newest = open_current(store).id
    tab.get_by_role("button", name="Let it serve…").click()
    tab.get_by_text("Nothing is removed").wait_for()
    assert open_current(store).id == newest
    tab.get_by_role("button", name="Yes, let it serve").click()
    tab.get_by_text(re.compile("Snapshot 000001-.* serves now")).wait_for()
    assert open_current(store).id.startswith("000001-")
    assert not tab.get_by_role("dialog").is_visible()
