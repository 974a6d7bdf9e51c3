"""Growth accounting equals plain SQL over the accepted orders, month by month."""

from dataclasses import replace
from datetime import date
from typing import cast

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.periods import span
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

ASKED = Question("growth_accounting")
VIEWS = [
    ASKED,
    replace(ASKED, where=(Condition("region", ("华东",)),)),
    replace(ASKED, where=(Condition("tier", ("diamond", "gold")),)),
    replace(ASKED, where=(Condition("tier", ("silver",), negate=True),)),
]
BOUGHT = """
    SELECT
        COUNT(*) FILTER (days > 0),
        COUNT(*) FILTER (days > 0 AND first > $start),
        COUNT(*) FILTER (days > 0 AND earlier > 0),
        COUNT(*) FILTER (days = 0 AND earlier > 0)
    FROM spans
"""


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: str(view.arguments()))
def test_each_month_equals_plain_sql(
    company: Reader, oracle: Oracle, view: Question
) -> None:
    rows = answer(company, LOCAL, view).to_dicts()
    assert len(rows) == len(offered(company))
    before = 0
    for day, row in zip(offered(company), rows, strict=True):
        query = MEMBERS.replace("{where}", where(view)) + BOUGHT
        found = oracle.one(query, **parameters(day, "month"))
        buyers, new, both, gone = map(int, map(str, found))
        # Who moved, or was refunded since, is told in net.
        retained = max(min(both, before - gone), 0)
        assert (row["buyers"], row["new"]) == (buyers, new), day
        assert row["before"] == before, day
        assert row["retained"] == retained, day
        assert row["resurrected"] == buyers - new - retained, day
        assert row["lapsed"] == before - retained, day
        before = buyers


def test_without_a_filter_few_months_know_of_refunds(
    company: Reader, oracle: Oracle
) -> None:
    """Nobody moves out of the whole company: only refunds of a whole month do."""
    rows = answer(company, LOCAL, ASKED).to_dicts()
    for day, row in zip(offered(company), rows, strict=True):
        query = MEMBERS.replace("{where}", "TRUE") + BOUGHT
        counts = oracle.one(query, **parameters(day, "month"))[2:]
        both, gone = cast("tuple[int, int]", counts)
        assert 0 <= row["before"] - both - gone <= 0.05 * row["before"] + 1, day


@pytest.mark.parametrize("by", ["region", "customer_type", "acquisition_channel"])
def test_segments_add_up_to_the_buyers_and_the_new(company: Reader, by: str) -> None:
    total = answer(company, LOCAL, ASKED).select("month", "buyers", "new")
    parts = answer(company, LOCAL, replace(ASKED, by=by))
    summed = parts.group_by("month").agg(pl.sum("buyers", "new")).sort("month")
    assert summed.equals(total)


def test_the_running_month_and_the_burn_in_are_marked(company: Reader) -> None:
    found = answer(company, LOCAL, ASKED)
    assert found.filter("running")["month"].to_list() == ["2026-10"]
    early = found.filter("burn_in")["month"].to_list()
    assert early == found["month"].to_list()[: len(early)]
    assert early
    closed = answer(company, LOCAL, replace(ASKED, as_of=date(2026, 9, 30)))
    assert not closed["running"].any()
    assert span(date(2026, 9, 30), "month").as_of == date(2026, 9, 30)
