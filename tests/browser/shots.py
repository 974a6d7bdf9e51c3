"""Pictures of every page, for the eye: zh and en, light and dark, 1440 and 390 px.

python -m tests.browser.shots STORE [FOLDER] takes them into test-results/shots.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import PATHS, QUIET, serve, settled

FOLDER = Path("test-results/shots")
WIDTHS = (1440, 1024, 390)
TALLEST = 7000
HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"


def take(browser: Browser, address: str, folder: Path) -> None:
    """Every page in every dress."""
    for page, lang, theme, width in product(
        PATHS, ("zh", "en"), ("light", "dark"), WIDTHS
    ):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale={"zh": "zh-CN", "en": "en-US"}[lang],
        )
        tab = context.new_page()
        settled(tab, f"{address}/{PATHS[page]}")
        tall = min(int(tab.evaluate(HEIGHT)), TALLEST)
        tab.set_viewport_size({"width": width, "height": tall})
        tab.wait_for_timeout(1200)
        tab.screenshot(path=folder / f"{page}_{lang}_{theme}_{width}.png")
        context.close()


def main(store: str, folder: str = str(FOLDER)) -> None:
    """Serve the store, open a browser, take the pictures."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with contextmanager(serve)(Path(store)) as address, chromium() as browser:
        take(browser, address, target)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(QUIET)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
