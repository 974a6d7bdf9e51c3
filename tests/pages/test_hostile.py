"""Names that a company's data hold are text on a page, and never more than text."""

import shutil
from pathlib import Path

import pytest

from dashboard.refresh import refresh
from data.settings import Settings
from tests.pages.conftest import Opener, written

NAMES = (
    "<img src=x onerror=alert(1)>",
    "![x](http://127.0.0.1:9/seen.png)",
    ":material/home: $x$ <b>b</b>",
    "a_b*c*",
)


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose stores and regions are named to do harm."""
    source = tmp_path_factory.mktemp("hostile")
    stores = [f'{n},"{name}","{name}"' for n, name in enumerate(NAMES)]
    customers = [f"C{n},{n % 4}" for n in range(40)]
    orders = [
        f"{n},C{n % 40},2026-{1 + n % 9:02}-{1 + n % 28:02},{10 + n % 9},{n % 4}"
        for n in range(400)
    ]
    for name, header, rows in (
        ("stores", "store_id,name,region", stores),
        ("customers", "customer_id,store_id", customers),
        ("orders", "order_id,customer_id,ordered_at,amount,store_id", orders),
    ):
        text = "\n".join([header, *rows, ""])
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    store = tmp_path_factory.mktemp("hostile-store")
    refresh(source, store, Settings())
    return store


def test_names_are_escaped_where_a_page_writes_them(
    open_page: Opener, hostile_store: Path
) -> None:
    """Reliability 26: names that are markup are shown as text."""
    app = open_page(hostile_store, locale="en-US")
    assert not app.exception
    assert "&lt;img src=x" in written(app)
    assert "<img src=x" not in written(app)


@pytest.mark.parametrize("name", NAMES)
def test_a_chip_shows_a_name_letter_by_letter(
    open_page: Opener, hostile_store: Path, name: str
) -> None:
    app = open_page(hostile_store, region=name, locale="en-US")
    label = app.button(key="chip_region_en").label
    assert label.replace("\\", "") == f"Region: {name}"
    for sign in "`*_[]<>$":
        assert label.count(sign) == label.count(f"\\{sign}")
    assert "\\:material" in label or ":material" not in label


@pytest.mark.parametrize("note", ["{", "[1]", "{}"])
def test_a_refusal_whose_word_is_lost_is_told_all_the_same(
    open_page: Opener, orders_only_store: Path, tmp_path: Path, note: str
) -> None:
    store = shutil.copytree(orders_only_store, tmp_path / "store")
    (store / "last_refused.json").write_text(note, encoding="utf-8")
    app = open_page(store, locale="en-US")
    assert not app.exception
    assert "ch-notice" in written(app)
