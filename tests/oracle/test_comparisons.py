"""Difference-in-differences against per-customer changes in plain SQL, and scipy."""

from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL, Rights, Viewer
from tests.oracle.raw import NET, Oracle

EACH = f"""
WITH net AS (
    SELECT o.customer_id, o.ordered_on AS day, {NET} AS net FROM orders o
    WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
    UNION ALL
    SELECT o.customer_id, o.ordered_on, o.amount FROM orders o
    WHERE o.status = 'returned' AND o.amount < 0 AND o.ordered_on <= $as_of
),
bought AS (
    SELECT o.customer_id, MIN(o.ordered_on) AS first FROM orders o
    WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
    GROUP BY 1
)
SELECT b.customer_id,
    COALESCE(SUM(n.net) FILTER (n.day >= $start AND n.day < $after), 0)
    - COALESCE(SUM(n.net) FILTER (n.day >= $before AND n.day < $start), 0) AS change,
    (COALESCE(SUM(n.net) FILTER (n.day >= $before AND n.day < $start), 0)
    - COALESCE(SUM(n.net) FILTER (n.day >= $first AND n.day < $second), 0)) / 2 AS slope
FROM bought b LEFT JOIN net n USING (customer_id)
WHERE b.first < $first GROUP BY 1
"""


def test_a_viewer_of_a_region_sees_its_members_and_others_alone(
    company: Reader,
) -> None:
    question = Question("campaign_comparison", options=(("campaign", "CP05"),))
    whole = answer(company, LOCAL, question).row(0, named=True)
    regions = company.rows("SELECT DISTINCT region FROM current_customers")["region"]
    counts = {"members": 0, "others": 0}
    for region in regions:
        rights = Rights(rows=(Condition("region", (region,)),))
        told = answer(company, Viewer("v", "store", rights), question)
        for side in counts:
            counts[side] += told.row(0, named=True)[side]
    assert counts == {side: whole[side] for side in counts}


@pytest.mark.parametrize("campaign", ["CP02", "CP05", "CP11"])
def test_the_difference_is_welch_s_over_customers(
    company: Reader, oracle: Oracle, campaign: str
) -> None:
    plans = company.rows("SELECT * FROM campaign_plans")
    plan = plans.filter(plans["campaign_id"] == campaign).row(0, named=True)
    start, days = plan["starts_on"], timedelta(plan["outcome_days"])
    entries = company.rows("SELECT * FROM campaign_entries")
    mine = entries.filter(
        (entries["campaign_id"] == campaign) & (entries["arm"] != "control")
    )
    rows = oracle.connection.execute(
        EACH,
        {
            "as_of": oracle.last, "start": start, "after": start + days,
            "before": start - days, "first": start - 3 * days,
            "second": start - 2 * days,
        },
    ).fetchall()  # fmt: skip
    members = set(mine["customer_id"])
    question = Question("campaign_comparison", options=(("campaign", campaign),))
    told = answer(company, LOCAL, question).row(0, named=True)
    inside = np.array([row[0] in members for row in rows])
    assert (told["members"], told["others"]) == (inside.sum(), (~inside).sum())
    for place, names in (
        (1, ("value", "ci_low", "ci_high")),
        (2, ("trend", "trend_low", "trend_high")),
    ):
        values = np.array([float(row[place]) for row in rows])
        test = stats.ttest_ind(values[inside], values[~inside], equal_var=False)
        low, high = test.confidence_interval(0.95)
        expected = (values[inside].mean() - values[~inside].mean(), low, high)
        assert [told[name] for name in names] == pytest.approx(expected, rel=1e-9)
