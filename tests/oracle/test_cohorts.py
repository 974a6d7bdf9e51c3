"""Cohorts equal plain SQL over the accepted orders, cell by cell and list by list."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from data.errors import UsageError
from metrics.cohorts import SHOWN
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

ASKED = Question("cohort_retention")
EAST = (Condition("region", ("华东",)),)
GOLD = Condition("tier", ("gold", "diamond"))
VIEWS = ((), EAST, (replace(GOLD, negate=True),), (GOLD, Condition("store", ("S003",))))
PARTS = {
    "customers": "COUNT(DISTINCT customer_id) FILTER (bought)",
    "orders": "COUNT(*) FILTER (bought)",
    "revenue": "SUM(net)",
    "margin": "SUM(net - COALESCE(cost, net - net * $rate))",
}
EVENTS = """
    , began AS (SELECT customer_id, MIN(day) AS first FROM bought GROUP BY ALL),
    events AS (
        SELECT l.customer_id, l.net, l.cost, b.first, l.day,
            l.net > 0 AS bought, DATE_DIFF('month', b.first, l.day) AS since
        FROM ledger l JOIN began b USING (customer_id) JOIN chosen USING (customer_id)
        WHERE DATE_TRUNC('month', l.day) >= DATE_TRUNC('month', b.first)
    )
"""
SUMS = (
    EVENTS
    + """
    SELECT STRFTIME(first, '%Y-%m') AS cohort, since AS months_since, {what} AS found
    FROM events GROUP BY ALL
"""
)
BACK = (
    EVENTS
    + """
    , returns AS (
        SELECT customer_id, first, MIN(since) AS since FROM events
        WHERE bought AND since > 0 GROUP BY ALL
    )
    SELECT STRFTIME(first, '%Y-%m') AS cohort, since AS months_since, COUNT(*) AS found
    FROM returns GROUP BY ALL
"""
)
LISTED = (
    EVENTS
    + """
    SELECT DISTINCT customer_id FROM events
    WHERE bought AND STRFTIME(first, '%Y-%m') = $cohort AND since {which}
"""
)


def asked_of(oracle: Oracle, text: str, asked: Question, **more: Any) -> pl.DataFrame:
    """Plain SQL over the orders as of the question's date."""
    days = parameters(asked.as_of or oracle.last, "all")
    query = MEMBERS.replace("{where}", where(asked)) + text
    given = {
        name: each for name, each in {**days, **more}.items() if f"${name}" in query
    }
    return oracle.connection.execute(query, given).pl()


def expected(
    oracle: Oracle, asked: Question, show: str, rate: float
) -> dict[Any, float]:
    found = asked_of(oracle, SUMS.replace("{what}", PARTS[show]), asked, rate=rate)
    return {(row[0], row[1]): float(row[2]) for row in found.rows()}


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("back", [1, 9], ids=["last day", "month end"])
@pytest.mark.parametrize("conditions", VIEWS, ids=["all", "east", "low tiers", "store"])
def test_each_cell_equals_plain_sql(
    company: Reader,
    oracle: Oracle,
    conditions: tuple[Condition, ...],
    back: int,
    show: str,
) -> None:
    day = offered(company)[-back]
    asked = replace(ASKED, as_of=day, where=conditions, options=(("show", show),))
    rate = float(company.settings.margin_rate)
    right = expected(oracle, asked, show, rate)
    sizes = expected(oracle, asked, "customers", rate)
    rows = answer(company, LOCAL, asked).filter(pl.col("cohort") != "all")
    assert {row["cohort"] for row in rows.to_dicts()} == {each for each, _ in sizes}
    for row in rows.to_dicts():
        key = row["cohort"], row["months_since"]
        assert row["n"] == sizes[row["cohort"], 0]
        if row["complete"]:
            assert row["count"] == pytest.approx(right.get(key, 0.0), abs=0.01), key
            assert row["value"] == pytest.approx(row["count"] / row["n"]), key
        else:
            assert (row["count"], row["value"]) == (None, None), key


@pytest.mark.parametrize("conditions", VIEWS[:2], ids=["all", "east"])
def test_so_far_counts_each_customer_who_came_back_once(
    company: Reader, oracle: Oracle, conditions: tuple[Condition, ...]
) -> None:
    asked = replace(ASKED, where=conditions)
    back = asked_of(oracle, BACK, asked)
    rows = answer(company, LOCAL, asked).filter("complete", pl.col("cohort") != "all")
    for row in rows.to_dicts():
        mine = back.filter(
            pl.col("cohort") == row["cohort"],
            pl.col("months_since") <= row["months_since"],
        )
        assert row["count_so_far"] == mine["found"].sum()


def test_only_cells_of_months_that_are_over_are_complete(company: Reader) -> None:
    assert offered(company)[-1] == date(2026, 10, 20)
    rows = answer(company, LOCAL, ASKED).filter(pl.col("cohort") != "all")
    month = (
        pl.col("cohort")
        .str.to_date("%Y-%m")
        .dt.offset_by(pl.format("{}mo", "months_since"))
    )
    running = rows.filter(month == date(2026, 10, 1))
    assert not running["complete"].any()
    assert running.height == rows["cohort"].n_unique()
    assert rows.filter(month < date(2026, 10, 1))["complete"].all()


def test_the_mean_is_all_complete_cells_together(company: Reader) -> None:
    rows = answer(company, LOCAL, ASKED)
    whole = rows.filter("complete", pl.col("cohort") != "all")
    summed = (
        whole.group_by("months_since").agg(pl.sum("n", "count")).sort("months_since")
    )
    mean = rows.filter(pl.col("cohort") == "all")
    assert mean.select("months_since", "n", "count").equals(summed)


@pytest.mark.parametrize("attribute", ["region", "store", "tier", "customer_type"])
def test_segments_add_up_to_the_total(company: Reader, attribute: str) -> None:
    every = company.rows(f"SELECT DISTINCT {attribute} AS v FROM current_customers")
    parts = [
        answer(company, LOCAL, replace(ASKED, where=(Condition(attribute, (value,)),)))
        for value in every["v"].drop_nulls()
    ]
    keys, sums = ["cohort", "months_since"], ["n", "count", "count_so_far"]
    named = pl.concat(parts).filter(pl.col("cohort") != "all")
    total = answer(company, LOCAL, ASKED).filter(pl.col("cohort") != "all")
    summed = named.group_by(keys).agg(pl.sum(sums)).sort(keys)
    assert summed["n"].to_list() == total["n"].to_list()
    assert summed.filter(pl.col("months_since") == 0)["count"].sum() == (
        total.filter(pl.col("months_since") == 0)["count"].sum()
    )
    assert (
        summed["count_so_far"].to_list() == total["count_so_far"].fill_null(0).to_list()
    )


def test_early_cohorts_are_marked(company: Reader) -> None:
    rows = answer(company, LOCAL, ASKED)
    early = rows.filter("burn_in")["cohort"].unique().sort().to_list()
    named = rows.filter(pl.col("cohort") != "all")["cohort"].unique().sort().to_list()
    assert early
    assert early == named[: len(early)]


@pytest.mark.parametrize("conditions", VIEWS[:2], ids=["all", "east"])
@pytest.mark.parametrize("back", [1, 4], ids=["last day", "month end"])
@pytest.mark.parametrize(
    ("option", "which", "column"),
    [
        ({}, ">= 0", "n"),
        ({"in-month": "3"}, "= 3", "count"),
        ({"by-month": "3"}, "BETWEEN 1 AND 3", "count_so_far"),
    ],
    ids=["cohort", "in month", "by month"],
)
def test_a_list_is_as_long_as_its_count_and_holds_plain_sqls_customers(  # noqa: PLR0913, PLR0917 a grid
    company: Reader,
    oracle: Oracle,
    option: dict[str, str],
    which: str,
    column: str,
    back: int,
    conditions: tuple[Condition, ...],
) -> None:
    day, cohort = offered(company)[-back], "2025-11"
    options = (("cohort", cohort), *option.items())
    asked = Question("cohort_customers", day, where=conditions, options=options)
    found = answer(company, LOCAL, asked)
    right = asked_of(oracle, LISTED.replace("{which}", which), asked, cohort=cohort)
    assert sorted(found["customer_id"]) == sorted(right["customer_id"])
    counts = answer(company, LOCAL, replace(ASKED, as_of=day, where=conditions))
    mine = pl.col("cohort") == cohort, pl.col("months_since") == 3
    assert found.height == counts.filter(*mine)[column].item()


def test_a_list_holds_only_what_the_viewer_may_see(company: Reader) -> None:
    eastern = Viewer("east", "manager", Rights(rows=EAST))
    asked = Question("cohort_customers", options=(("cohort", "2025-11"),))
    found = answer(company, eastern, asked)
    assert found["region"].unique().to_list() == ["华东"]


@pytest.mark.parametrize(
    ("metric", "name", "value"),
    [
        ("cohort_retention", "show", "profit"),
        ("cohort_customers", "cohort", "2025-13"),
        ("cohort_customers", "in-month", "-1"),
    ],
)
def test_an_option_that_is_none_says_what_is_right(
    company: Reader, metric: str, name: str, value: str
) -> None:
    with pytest.raises(UsageError, match=f"--{name} {value}"):
        answer(company, LOCAL, Question(metric, options=((name, value),)))
