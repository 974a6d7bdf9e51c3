"""The Data quality page: whether to trust, what is broken, what to do about it."""

import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from dashboard.refresh import refresh
from data.errors import RefusedError
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import customers, orders, write
from tests.pages.conftest import Opener, written

PAGE = "data_quality"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three snapshots of a small company with a bad row, twins and a quiet table."""
    people = [dict(each) for each in customers()]
    people[1]["phone"] = people[0]["phone"]
    for count in (60, 90, 120):
        bad = orders(1)[0] | {"order_id": "B1", "amount": "a lot"}
        rows = [*orders(count), bad]
        source = write(tmp_path / "in", orders=rows, customers=people)
        refresh(source, tmp_path / "store", Settings())
    return tmp_path / "store"


@pytest.fixture
def refused(store: Path, tmp_path: Path) -> Path:
    """The same after a delivery that was refused for three reasons."""
    people = [each | {"region": ""} for each in customers()]
    source = write(tmp_path / "bad", orders=orders(90, amount=10_000), customers=people)
    with pytest.raises(RefusedError):
        refresh(source, store, Settings())
    return store


def texts(app: AppTest) -> str:
    assert not app.exception
    return unescape(written(app))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_needs_doing_is_said_first_with_what_to_do(
    open_page: Opener, store: Path, lang: str
) -> None:
    text = texts(open_page(store, PAGE, lang=lang))
    words = {
        "zh": ("行在隔离区", "处客户疑似重复", "落后", "下载，修正后重新导入"),
        "en": ("in quarantine", "may be one", "days behind", "load them again"),
    }
    for each in words[lang]:
        assert each in text


def test_every_table_has_its_dimensions_and_untested_ones_are_a_dash(
    open_page: Opener, store: Path
) -> None:
    text = texts(open_page(store, PAGE, lang="en"))
    heat = text[text.index("ch-heat") :]
    for table in ("orders", "customers"):
        assert f">{table}</td>" in heat
    assert 'title="Untested: No column says when it happened">–</td>' in heat


def test_the_reasons_of_rejected_rows_are_in_the_reader_s_language(
    open_page: Opener, store: Path
) -> None:
    zh = texts(open_page(store, PAGE, lang="zh"))
    assert "不是数字" in zh
    assert "写普通数字" in zh
    en = texts(open_page(store, PAGE, lang="en"))
    assert "Not a number" in en
    assert "Write a plain number" in en


def test_each_table_with_rejects_has_a_file_whose_name_nobody_can_guess(
    open_page: Opener, store: Path
) -> None:
    names = set()
    for _ in range(2):
        app = open_page(store, PAGE, lang="en")
        buttons = app.get("download_button")
        assert [each.proto.label for each in buttons] == ["orders", "Download the list"]
        names |= {each.key for each in buttons}
    assert names == {"file_orders", "file_alike"}


def test_twins_are_listed_by_id_and_nothing_personal_is_shown(
    open_page: Opener, store: Path
) -> None:
    text = texts(open_page(store, PAGE, lang="en"))
    assert ">C000</span>" in text
    assert ">C001</span>" in text
    assert "Canary" not in text
    assert str(customers()[0]["phone"]) not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_is_told_by_dimension_and_how_old_the_data_are(
    open_page: Opener, refused: Path, lang: str
) -> None:
    """reliability 39: the banner shows age and reason in the reader's language."""
    words = {
        "zh": (
            "【完整性】customers：region 只有 0.0% 的行有值，上次为 100.0%",
            "【准确性】orders：平均金额是上次的",
            "【及时性】orders：最新日期为 2026年1月30日，上次为 2026年2月9日",
        ),
        "en": (
            "[Completeness] customers: region is filled in 0.0% of the rows, 100.0%",
            "[Accuracy] orders: the mean amount is",
            "[Timeliness] orders: the newest day is Jan 30, 2026, Feb 9, 2026",
        ),
    }
    banner = texts(open_page(refused, lang=lang))
    assert {"zh": "分钟前刷新的数据", "en": "min ago"}[lang] in banner
    page = texts(open_page(refused, PAGE, lang=lang)).replace("<b>", "")
    for each in words[lang]:
        assert each in banner
        assert each in page.replace("</b>", "")


def test_the_banner_leads_to_the_page_and_clears_itself(
    open_page: Opener, refused: Path, tmp_path: Path
) -> None:
    """reliability 39: refused, then passed."""
    app = open_page(refused, lang="en")
    assert "was refused" in texts(app)
    links = [each.proto.label for each in app.get("page_link")]
    assert links == ["Look at Data quality"]
    good = write(tmp_path / "in", orders=orders(150), customers=customers())
    refresh(good, refused, Settings())
    assert "was refused" not in texts(open_page(refused, lang="en"))


def test_going_back_takes_two_clicks_says_what_it_does_and_forward_works_too(
    open_page: Opener, store: Path
) -> None:
    newest = open_current(store).id
    app = open_page(store, PAGE, lang="en")
    app.button(key="kept_change_en").click().run()
    assert open_current(store).id == newest  # nothing yet
    assert "Nothing is removed" in " ".join(each.value for each in app.markdown)
    app.button(key="kept_yes_en").click().run()
    assert not app.exception
    older = open_current(store).id
    assert older.startswith("000002-")
    assert f"Snapshot {older} serves now" in texts(app)
    app.button(key="kept_change_en").click().run()
    app.button(key="kept_yes_en").click().run()
    assert open_current(store).id == newest


def test_while_a_refresh_runs_going_back_says_so_and_changes_nothing(
    open_page: Opener, store: Path
) -> None:
    newest = open_current(store).id
    app = open_page(store, PAGE, lang="en")
    app.button(key="kept_change_en").click().run()
    with FileLock(store / ".lock"):
        app.button(key="kept_yes_en").click().run()
    assert "a refresh is running" in texts(app)
    assert open_current(store).id == newest


def test_a_damaged_snapshot_is_named_and_not_offered(
    open_page: Opener, store: Path
) -> None:
    oldest = sorted((store / "snapshots").iterdir())[0]
    (oldest / "marts.duckdb").unlink()
    app = open_page(store, PAGE, lang="en")
    assert texts(app).count(">damaged</span>") == 1
    offered = app.selectbox(key="w_kept_en").options
    assert len(offered) == 1
    assert offered[0].startswith("#2 ")


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    import streamlit as st

    st.cache_resource.clear()
    monkeypatch.delenv("CUSTOMER_HEALTH_KEY")
    monkeypatch.setenv("CUSTOMER_HEALTH_KEY_FILE", str(tmp_path / "no-key"))
    yield
    st.cache_resource.clear()


def test_without_the_key_the_page_works_and_no_file_is_offered(
    open_page: Opener, store: Path, keyless: None
) -> None:
    app = open_page(store, PAGE, lang="en")
    assert "A download needs the key" in texts(app)
    labels = [each.proto.label for each in app.get("download_button")]
    assert labels == ["Download the list"]


def test_a_history_is_drawn_from_the_second_day_on(
    open_page: Opener, store: Path, tmp_path: Path
) -> None:
    assert len(open_page(store, PAGE, lang="en").get("plotly_chart")) == 1
    fresh = tmp_path / "fresh"
    refresh(write(tmp_path / "one", orders=orders(30)), fresh, Settings())
    app = open_page(fresh, PAGE, lang="en")
    assert "the trend begins here" in texts(app)
    shutil.rmtree(fresh)
