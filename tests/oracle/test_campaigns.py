"""Campaign figures against plain SQL over the accepted rows."""

from typing import Any

import duckdb
import pytest
from scipy.stats import ttest_ind

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import PURCHASES

TABLES = ("orders", "campaigns", "campaign_members")
OUTCOMES = f"""
WITH bought AS (
    SELECT p.customer_id, p.day, p.net, 1 AS n FROM ({PURCHASES}) AS p
    UNION ALL
    SELECT o.customer_id, o.ordered_on, o.amount, 0 FROM orders o
    WHERE o.status = 'returned' AND o.amount < 0 AND o.ordered_on <= $as_of
),
clean AS (
    SELECT m.* FROM campaign_members m
    WHERE 1 = (
        SELECT COUNT(*) FROM campaign_members o
        WHERE o.campaign_id = m.campaign_id AND o.customer_id = m.customer_id
    )
)
SELECT
    m.campaign_id, m.arm, m.customer_id,
    COALESCE(SUM(b.n), 0) > 0 AS bought,
    COALESCE(SUM(b.net), 0)::DOUBLE AS revenue,
    m.assigned_on + c.outcome_days::INTEGER <= $as_of AS mature
FROM clean m
JOIN campaigns c USING (campaign_id)
LEFT JOIN bought b ON b.customer_id = m.customer_id
    AND b.day BETWEEN m.assigned_on + 1 AND m.assigned_on + c.outcome_days::INTEGER
GROUP BY ALL
"""


@pytest.fixture(scope="module")
def rows(company: Reader) -> Any:
    """One row per member who stands in one arm, of every campaign."""
    connection = duckdb.connect()
    for table in TABLES:
        paths = company.snapshot.parts(table)
        connection.read_parquet(paths, union_by_name=True).create(table)
    return connection.execute(OUTCOMES, {"as_of": offered(company)[-1]}).pl()


def effect(company: Reader, campaign: str, **view: Any) -> dict[str, dict[str, Any]]:
    given = (("campaign", campaign),)
    frame = answer(company, LOCAL, Question("campaign_effect", options=given, **view))
    return {f"{r['segment']} {r['arm']} {r['outcome']}": r for r in frame.to_dicts()}


@pytest.mark.parametrize("campaign", ["CP03", "CP07", "CP10", "CP12", "CP13"])
def test_lifts_are_those_of_scipy_on_the_raw_orders(
    company: Reader, rows: Any, campaign: str
) -> None:
    some = rows.filter(campaign_id=campaign, mature=True)
    found = effect(company, campaign)
    for outcome, column in (("conversion", "bought"), ("revenue", "revenue")):
        one, two = (
            some.filter(arm=arm)[column].cast(float).to_numpy()
            for arm in ("treatment", "control")
        )
        row = found[f"all treatment {outcome}"]
        assert (row["members"], row["control_members"]) == (len(one), len(two))
        right = ttest_ind(one, two, equal_var=False)
        interval = right.confidence_interval()
        assert row["value"] == pytest.approx(one.mean() - two.mean(), abs=1e-9)
        assert row["p_value"] == pytest.approx(right.pvalue, abs=1e-9)
        assert row["ci_low"] == pytest.approx(interval.low, rel=1e-9)
        assert row["ci_high"] == pytest.approx(interval.high, rel=1e-9)


def test_a_running_test_counts_members_whose_window_has_passed(
    company: Reader, rows: Any
) -> None:
    found = effect(company, "CP14")
    for arm in ("coupon_10", "coupon_20"):
        row = found[f"all {arm} conversion"]
        some = rows.filter(campaign_id="CP14", mature=True, arm=arm)
        assert row["members"] == some.height
        assert row["mean"] == pytest.approx(some["bought"].mean())
        assert row["method"] == "always_valid"
        assert row["p_value"] is None


@pytest.mark.parametrize("by", ["tier", "region", "customer_type"])
def test_segments_add_up_to_everyone(company: Reader, by: str) -> None:
    whole = effect(company, "CP12")["all treatment conversion"]
    parts = effect(company, "CP12", by=by).values()
    for name in ("members", "control_members"):
        assert sum(row[name] for row in parts) == whole[name]
    buyers = sum((row["mean"] or 0) * row["members"] for row in parts)
    assert buyers == pytest.approx(whole["mean"] * whole["members"])


def test_a_filter_by_store_is_the_sum_of_its_members(company: Reader) -> None:
    """Stores are in no kept cell: they are summed from the members."""
    known = company.rows("SELECT DISTINCT store FROM campaign_entries")["store"]
    every = Condition("store", tuple(known))
    one = effect(company, "CP12")["all treatment revenue"]
    assert effect(company, "CP12", where=(every,))["all treatment revenue"] == one
    half = [Condition("store", tuple(known[:9]), negate) for negate in (True, False)]
    parts = [effect(company, "CP12", where=(each,)) for each in half]
    sizes = [p["all treatment revenue"]["members"] for p in parts if p]
    assert sum(sizes) == one["members"]


def test_a_list_has_as_many_members_as_the_count(company: Reader, rows: Any) -> None:
    ranked = answer(company, LOCAL, Question("campaigns"))
    for row in ranked.filter(campaign="CP12").to_dicts():
        given = (("arm", row["arm"]), ("campaign", "CP12"))
        listed = answer(company, LOCAL, Question("campaign_members", options=given))
        assert listed.height == row["members"]
        bought = Question("campaign_members", options=(*given, ("stage", "bought")))
        some = rows.filter(campaign_id="CP12", arm=row["arm"], mature=True, bought=True)
        people = answer(company, LOCAL, bought)["customer_id"]
        assert sorted(people) == sorted(some["customer_id"])


def test_a_lift_reaches_its_target_only_with_its_whole_interval(
    company: Reader,
) -> None:
    plans = company.rows("SELECT campaign_id, target FROM campaign_plans")
    aims = dict(plans.drop_nulls("target").iter_rows())
    rows = answer(company, LOCAL, Question("campaigns")).to_dicts()
    seen = [row for row in rows if row["campaign"] in aims]
    assert seen
    for row in rows:
        aim, low, high = aims.get(row["campaign"]), row["ci_low"], row["ci_high"]
        if aim is None:
            assert row["against_aim"] is None
        elif low is None:
            assert row["against_aim"] == "undecided"
        else:
            states = {"above": low >= aim, "below": high < aim}
            expected = [name for name, holds in states.items() if holds]
            assert [row["against_aim"]] == (expected or ["undecided"])
