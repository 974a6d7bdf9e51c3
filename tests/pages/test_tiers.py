"""The page Tiers: every scheme on every store, lists behind moves, one customer."""

import re
from pathlib import Path

import pytest

from dashboard.answers import answer, offered
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.pages.conftest import Opener, written


@pytest.mark.parametrize("scheme", ["spend", "value", "rfm"])
def test_a_scheme_opens_where_little_is_known(
    open_page: Opener, orders_only_store: Path, scheme: str
) -> None:
    page = open_page(orders_only_store, "tiers", scheme=scheme, lang="en")
    assert not page.exception
    if scheme == "value":
        assert "No forecast: fewer than 500 buyers" in written(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tiers_of_value_are_shown_with_their_version(
    open_page: Opener, company_store: Path, company: Reader, lang: str
) -> None:
    page = open_page(company_store, "tiers", scheme="value", lang=lang)
    assert not page.exception
    asked = Question("tier_history", options=(("scheme", "value"),))
    versions = answer(company, LOCAL, asked)["version"].unique().to_list()
    assert len(versions) == 1
    assert versions[0] in written(page)


def test_before_the_first_date_of_a_scheme_the_page_says_so(
    open_page: Opener, company_store: Path, company: Reader
) -> None:
    day = f"{offered(company)[-20]}"
    page = open_page(company_store, "tiers", scheme="value", lang="en", as_of=day)
    assert not page.exception
    assert "This scheme is told as of the last day" in written(page)


def test_one_customers_stays_are_found_by_its_id(
    open_page: Opener, company_store: Path, company: Reader
) -> None:
    asked = Question("tier_history", options=(("scheme", "hml"),))
    stays = answer(company, LOCAL, asked)
    one = stays["customer_id"].mode()[0]
    page = open_page(company_store, "tiers", scheme="hml", lang="en")
    page.text_input(key="stays_of_en").input(one).run()
    shown = page.get("html")
    assert not page.exception
    table = next(b.proto.body for b in shown if f"--customer={one}" in b.proto.body)
    assert (
        len(re.findall("<tr><td>", table))
        == stays.filter(stays["customer_id"] == one).height
    )
    page.text_input(key="stays_of_en").input("nobody").run()
    assert "No such customer in view" in written(page)


def test_the_list_behind_a_move_has_as_many_as_the_cell(
    open_page: Opener, company_store: Path, company: Reader
) -> None:
    moves = answer(company, LOCAL, Question("tier_migration"))
    cell = moves.filter(moves["move"] == "up").row(0, named=True)
    page = open_page(company_store, "tiers", scheme="spend", lang="en")
    for side in ("tier_from", "tier_to"):
        page.selectbox(key=f"behind_{side}_spend_en").select(cell[side]).run()
    page.button(key="people_migration_en").click().run()
    assert not page.exception
    told = [each.value for each in page.caption]
    assert f"Customers in the cell: {cell['customers']}" in told
