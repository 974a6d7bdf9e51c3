"""Whoever looks at a store whose files are damaged is told so on every page."""

import shutil
from pathlib import Path

import pytest

from tests.pages.conftest import PAGES, Opener, written


@pytest.mark.parametrize("page", PAGES)
def test_a_page_over_a_damaged_store_shows_its_numbers_and_a_warning(
    orders_only_store: Path, open_page: Opener, tmp_path: Path, page: str
) -> None:
    """Reliability 37: the banner stands on every page, in both languages."""
    store = shutil.copytree(orders_only_store, tmp_path / "store")
    assert "ch-notice bad" not in written(open_page(store, page))
    (store / "CURRENT").write_bytes(b"")
    for locale, words in (("zh-CN", "已损坏"), ("en-US", "files of the store are")):
        app = open_page(store, page, locale=locale)
        assert not app.exception
        assert "ch-notice bad" in written(app)
        assert words.casefold() in written(app).casefold()
        assert "is shown instead" in written(app)
