"""What only a browser can tell: width, address, history, language, no strangers."""

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATHS, READY, settled

pytestmark = pytest.mark.browser

SIDEWAYS = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_scrolls_sideways(
    browser: Browser, address: str, page: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    settled(tab, f"{address}/{PATHS[page]}")
    assert tab.evaluate(SIDEWAYS) <= 0
    context.close()


def test_no_page_asks_another_host(browser: Browser, address: str) -> None:
    context = browser.new_context()
    tab = context.new_page()
    hosts: set[str] = set()
    tab.on("request", lambda request: hosts.add(urlparse(request.url).netloc))
    for path in PATHS.values():
        settled(tab, f"{address}/{path}")
    assert {host for host in hosts if host} == {urlparse(address).netloc}
    context.close()


def test_back_takes_the_last_filter_away(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en-US")
    tab = context.new_page()
    settled(tab, f"{address}/?window=90")
    tab.get_by_role("button", name="Clear all").click()
    tab.wait_for_url(lambda url: not parse_qs(urlparse(url).query))
    tab.wait_for_selector(READY)
    tab.go_back()
    tab.get_by_text("Window: 90 days").wait_for()
    context.close()


def test_the_menu_keeps_the_filters(browser: Browser, address: str) -> None:
    context = browser.new_context(
        locale="en-US", viewport={"width": 1440, "height": 900}
    )
    tab = context.new_page()
    settled(tab, f"{address}/?tier=gold")
    tab.get_by_role("link", name="Satisfaction").click()
    tab.get_by_text("Tier: Gold").first.wait_for()
    tab.wait_for_url(lambda url: parse_qs(urlparse(url).query) == {"tier": ["gold"]})
    context.close()
