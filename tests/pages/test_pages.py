"""Each page as a reader meets it: good, filtered to nothing, orders alone, broken."""

import re
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PAGES, Opener, written

TITLES = {
    "overview": ("总览", "Overview"),
    "satisfaction": ("满意度", "Satisfaction"),
    "tiers": ("客户分层", "Tiers"),
    "life_cycle": ("生命周期", "Life cycle"),
    "loyalty": ("会员计划", "Loyalty programme"),
    "campaigns": ("营销活动", "Campaigns"),
    "churn_watchlist": ("流失预警", "Churn watchlist"),
    "visits": ("拜访与关怀", "Visits &amp; care"),
    "service": ("服务与投诉", "Service &amp; complaints"),
    "retention": ("复购与留存", "Repurchase &amp; retention"),
    "lifetime_value": ("客户终身价值", "Lifetime value"),
    "customer_360": ("客户 360", "Customer 360"),
    "data_quality": ("数据质量", "Data quality"),
    "definitions": ("指标口径", "Definitions"),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_page_answers_in_the_reader_s_language(
    open_page: Opener, company_store: Path, page: str, lang: str
) -> None:
    app = open_page(company_store, page, lang=lang)
    assert not app.exception
    assert TITLES[page][lang == "en"] in written(app)


def test_the_browser_s_language_is_the_default(
    open_page: Opener, company_store: Path
) -> None:
    assert "Overview" in written(open_page(company_store, locale="en-US"))
    assert "总览" in written(open_page(company_store, locale="zh-CN"))


def test_every_number_carries_the_command_that_prints_it(
    open_page: Opener, company_store: Path
) -> None:
    text = written(open_page(company_store))
    numbers = re.findall(r'class="ch-num" (.*?)>', text)
    assert len(numbers) > 60
    for facts in numbers:
        assert 'data-column="' in facts
        assert 'data-row="' in facts
    assert text.count("data-args=") == text.count("data-metric=") > 40


def test_the_overview_has_its_headlines(open_page: Opener, company_store: Path) -> None:
    shown = re.findall(r'data-kpi="(\w+)"', written(open_page(company_store)))
    assert shown == [
        "health_score",
        "loyalty_index",
        "nps",
        "repurchase_rate",
        "clv",
        "active_customers",
        "revenue",
        "churn_rate",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_orders_alone_make_every_page_work(
    open_page: Opener, orders_only_store: Path, page: str
) -> None:
    app = open_page(orders_only_store, page, lang="en")
    assert not app.exception


def test_orders_alone_say_which_tables_would_add_what(
    open_page: Opener, orders_only_store: Path
) -> None:
    text = written(open_page(orders_only_store, lang="en"))
    assert "More tables, more answers" in text
    for table in ("customers", "surveys", "stores", "targets"):
        assert f"<b>{table}</b>.csv" in text


def test_an_unknown_value_is_a_dash_with_its_reason(
    open_page: Opener, orders_only_store: Path
) -> None:
    text = written(open_page(orders_only_store, lang="en"))
    card = text[text.index('data-kpi="nps"') :]
    assert '<div class="ch-value ch-small-n">–</div>' in card[:900]
    assert "surveys" in card[:1400]


@pytest.mark.parametrize("page", PAGES)
def test_filters_that_leave_nobody_leave_no_number_and_no_error(
    open_page: Opener, company_store: Path, page: str
) -> None:
    regions = _regions(open_page(company_store))
    params = {"region": regions, "region_mode": "not", "lang": "en"}
    app = open_page(company_store, page, **params)
    assert not app.exception


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_store_that_cannot_be_opened_says_what_to_do(
    open_page: Opener, tmp_path: Path, lang: str
) -> None:
    app = open_page(tmp_path / "nowhere", lang=lang)
    assert not app.exception
    title = {"zh": "数据暂时无法显示", "en": "The data cannot be shown"}[lang]
    assert title in written(app)
    assert "refresh" in written(app)


def test_a_mailed_address_restores_the_filters(
    open_page: Opener, company_store: Path
) -> None:
    params = {"tier": ["gold", "silver"], "tier_mode": "not", "window": "90"}
    app = open_page(company_store, **params)
    assert app.session_state["tier"] == ("gold", "silver")
    arguments = unescape(written(app))
    assert "--window=90" in arguments
    assert "'--where=tier!=gold' '--where=tier!=silver'" in arguments


def test_wrong_values_in_the_address_fall_back(
    open_page: Opener, company_store: Path
) -> None:
    params = {
        "tier": "nope",
        "region": "mars",
        "lang": "fr",
        "window": "7",
        "as_of": "2026-02-31",
        "trend": "<script>",
    }
    app = open_page(company_store, **params)
    assert not app.exception
    assert app.session_state["tier"] == ()
    assert address(app) == {}
    assert "script" not in written(app)


def test_a_choice_goes_into_the_address_as_a_code(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store)
    app.multiselect(key="w_tier_zh").set_value(["gold"]).run()
    assert address(app) == {"tier": ["gold"]}
    app.button_group(key="w_lang_zh").set_value("en").run()
    assert address(app) == {"tier": ["gold"], "lang": ["en"]}


def test_a_change_of_language_keeps_the_filters(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, tier="gold")
    app.button_group(key="w_lang_zh").set_value("en").run()
    assert app.multiselect(key="w_tier_en").value == ["gold"]
    assert app.session_state["tier"] == ("gold",)
    assert "Overview" in written(app)


def test_a_change_of_page_keeps_the_filters(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, "satisfaction", tier="gold", window="180")
    assert "--where=tier=gold" in written(app)
    assert "--window=180" in written(app)


def test_clear_all_takes_every_filter_back(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, tier="gold", window="180")
    app.button(key="clear_all_zh").click().run()
    assert address(app) == {}
    assert "--where" not in written(app)


def test_one_chip_removes_one_filter(open_page: Opener, company_store: Path) -> None:
    app = open_page(company_store, tier="gold", window="180")
    app.button(key="chip_tier_zh").click().run()
    assert address(app) == {"window": ["180"]}


def test_a_card_opens_its_whole_history_and_the_command_behind_it(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, lang="en")
    app.button(key="trend_of_revenue_en").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert app.code[0].value == "customer-health metric revenue --by=as_of"


def test_the_picker_changes_the_trend_and_the_address(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, lang="en", trend="revenue")
    assert "Revenue over time" in written(app)
    assert address(app)["trend"] == ["revenue"]


def test_the_search_finds_a_metric_by_any_of_its_words(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, "definitions", lang="en")
    app.text_input(key="w_search_en").set_value("rocks").run()
    assert "adjusted Wald" in written(app)
    assert "Gamma-Gamma" not in written(app)


def test_the_header_tells_how_fresh_the_data_are(
    open_page: Opener, company_store: Path
) -> None:
    text = written(open_page(company_store, lang="en"))
    assert "Complete to <b>Oct" in text
    assert "of rows accepted" in text
    assert "local user" in text


def address(app: AppTest) -> dict[str, list[str]]:
    held = {name: app.query_params[name] for name in app.query_params}
    return {k: v if isinstance(v, list) else [v] for k, v in held.items()}


def _regions(app) -> list[str]:
    return list(app.multiselect(key="w_region_zh").options)


def test_a_count_opens_its_customers_as_many_as_it_says(
    open_page: Opener, company_store: Path
) -> None:
    app = open_page(company_store, lang="en")
    link = next(b for b in app.button if b.key == "people_active_customers_en")
    opened = link.click().run()
    assert not opened.exception
    told = next(c.value for c in opened.caption if "Buyers in the window" in c.value)
    listed = re.search(r": ([\d,]+)", told)
    shown = re.search(
        r'data-metric="active_customers"[^>]*data-column="value"[^>]*>([\d,]+)<',
        written(app),
    )
    assert listed
    assert shown
    assert listed[1] == shown[1]
