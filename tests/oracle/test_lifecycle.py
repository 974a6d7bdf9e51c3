"""The life cycle against plain SQL over the accepted rows."""

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import PURCHASES

STAGES = f"""
WITH days AS (SELECT DISTINCT customer_id, day FROM ({PURCHASES})),
gaps AS (
    SELECT *, day - LAG(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
    FROM days
),
each AS (
    SELECT customer_id, MIN(day) AS first, MAX(day) AS last, COUNT(gap) AS k,
        COALESCE(MEDIAN(gap), 0) AS middle,
        BOOL_OR(gap >= 365 AND day > $as_of - 90) AS back
    FROM gaps GROUP BY 1
),
people AS (
    SELECT customer_id FROM customers
    WHERE acquired_on <= $as_of OR acquired_on IS NULL
    UNION SELECT customer_id FROM days
)
SELECT p.customer_id,
    CASE WHEN first IS NULL THEN 'prospect'
        WHEN $as_of - last >= 365 THEN 'dormant'
        WHEN back THEN 'reactivated'
        WHEN first > $as_of - 90 THEN 'new'
        WHEN $as_of - last > 2 * (k * middle + 2 * $usual) / (k + 2) THEN 'at_risk'
        ELSE 'active' END AS stage
FROM people p LEFT JOIN each USING (customer_id)
"""
EAST = (Condition("region", ("华东",)),)


def ask(company: Reader, metric: str, **view: Any) -> pl.DataFrame:
    return answer(company, LOCAL, Question(metric, **view))


@pytest.fixture(scope="module")
def raw(company: Reader) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in ("orders", "customers", "leads", "channel_spend"):
        paths = company.snapshot.parts(table)
        connection.read_parquet(paths, union_by_name=True).create(table)
    return connection


def usual(company: Reader, day: date) -> float:
    """Everyone's median gap, open ones too, as the page on repurchase tells it."""
    row = ask(company, "purchase_interval", as_of=day).to_dicts()[0]
    assert row["median_days"] is not None
    return float(row["median_days"])


@pytest.mark.parametrize("back", [0, 1, 12])
def test_stages_are_those_of_the_rules(
    company: Reader, raw: duckdb.DuckDBPyConnection, back: int
) -> None:
    day = offered(company)[-1 - back]
    given = {"as_of": day, "usual": usual(company, day)}
    right = raw.execute(STAGES, given).pl()
    found = ask(company, "lifecycle_stage", as_of=day)
    counts = dict(right.group_by("stage").len().iter_rows())
    told = dict(found.select("segment", "customers").iter_rows())
    assert {name: n for name, n in told.items() if n} == counts
    if not back:
        listed = ask(company, "lifecycle_customers")
        mine = listed.select("customer_id", "stage").sort("customer_id")
        assert mine.rows() == right.sort("customer_id").rows()


@pytest.mark.parametrize("where", [(), EAST])
def test_flows_reconcile_with_both_dates(
    company: Reader, where: tuple[Condition, ...]
) -> None:
    before, day = offered(company)[-2:]
    flows = ask(company, "lifecycle_flows", where=where)
    for column, on in (("stage_from", before), ("stage", day)):
        stages = ask(company, "lifecycle_stage", as_of=on, where=where)
        counts = dict(stages.select("segment", "customers").iter_rows())
        sums = dict(flows.group_by(column).agg(pl.sum("customers")).iter_rows())
        sums.pop("absent", None)
        assert sums == {name: n for name, n in counts.items() if n}


def test_a_stage_s_list_is_as_long_as_its_count(company: Reader) -> None:
    for row in ask(company, "lifecycle_stage", where=EAST).to_dicts():
        given = (("stage", row["segment"]),)
        listed = ask(company, "lifecycle_customers", where=EAST, options=given)
        assert listed.height == row["customers"]
    flow = ask(company, "lifecycle_flows").row(1, named=True)
    given = (("stage", flow["stage"]), ("stage-from", flow["stage_from"]))
    listed = ask(company, "lifecycle_customers", options=given)
    assert listed.height == flow["customers"]


def test_steps_count_who_has_so_many_purchase_days(
    company: Reader, raw: duckdb.DuckDBPyConnection
) -> None:
    held = raw.execute(
        f"SELECT COUNT(DISTINCT day) FROM ({PURCHASES}) GROUP BY customer_id",
        {"as_of": offered(company)[-1]},
    ).fetchall()
    for row in ask(company, "purchase_steps").to_dicts():
        place = int(row["segment"][0])
        assert row["n"] == sum(days >= place for (days,) in held)
        assert row["went_on"] == sum(days > place for (days,) in held)


def test_the_first_step_is_the_curve_of_repurchase(company: Reader) -> None:
    first = ask(company, "purchase_steps").row(0, named=True)
    curve = ask(company, "repurchase_curve").filter(pl.col("days") <= 365)
    last = curve.row(-1, named=True)
    for name in ("value", "ci_low", "ci_high", "median_days"):
        assert first[name] == last[name]


def test_the_funnel_counts_leads_as_they_were_delivered(
    company: Reader, raw: duckdb.DuckDBPyConnection
) -> None:
    day = offered(company)[-1]
    rows = raw.execute(
        "SELECT channel, COUNT(*), COUNT(*) FILTER (interested_on IS NOT NULL"
        " OR trial_on IS NOT NULL OR converted_on IS NOT NULL), COUNT(*) FILTER"
        " (trial_on IS NOT NULL OR converted_on IS NOT NULL), COUNT(converted_on),"
        " MEDIAN(interested_on - reached_on)"
        " FROM leads WHERE reached_on > $as_of - 365 AND reached_on <= $as_of"
        " GROUP BY 1",
        {"as_of": day},
    ).fetchall()
    found = ask(company, "acquisition_funnel")
    for channel, *counts, middle in rows:
        mine = found.filter(segment=channel)
        assert mine["count"].to_list()[:4] == counts
        assert mine["median_days"][1] == middle
    stages = found.filter(pl.col("segment") != "all").group_by("stage")
    sums = dict(stages.agg(pl.sum("count")).iter_rows())
    whole = found.filter(segment="all").select("stage", "count")
    assert dict(whole.iter_rows()) == sums


def test_winning_costs_spend_over_new_customers_of_whole_months(
    company: Reader, raw: duckdb.DuckDBPyConnection
) -> None:
    day = offered(company)[-1]
    rows = raw.execute(
        f"""
        WITH firsts AS (
            SELECT customer_id, MIN(day) AS first FROM ({PURCHASES}) GROUP BY 1
        )
        SELECT s.channel, s.spend, COUNT(f.first) FROM (
            SELECT channel, SUM(amount)::DOUBLE AS spend FROM channel_spend
            WHERE month > $as_of - 365 AND last_day(month) <= $as_of GROUP BY 1
        ) s
        LEFT JOIN customers c ON c.acquisition_channel = s.channel
        LEFT JOIN firsts f ON f.customer_id = c.customer_id
            AND f.first > last_day($as_of - 365)
            AND f.first < date_trunc('month', $as_of::DATE)
        GROUP BY ALL
        """,
        {"as_of": day},
    ).fetchall()
    costs = {row["segment"]: row for row in ask(company, "cac").to_dicts()}
    assert len(rows) >= 5
    for channel, spend, won in rows:
        row = costs[channel]
        assert (row["spend"], row["n"]) == (pytest.approx(spend), won)
        assert row["value"] == pytest.approx(spend / won)
        worth = ask(company, "clv", by="acquisition_channel").filter(segment=channel)
        assert row["ltv_cac"] == pytest.approx(worth["value"][0] / row["value"])
