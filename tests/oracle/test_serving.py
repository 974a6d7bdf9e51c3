"""Cost to serve and the customers below zero, against plain SQL over raw rows."""

from pathlib import Path

import duckdb
import pytest

from dashboard.answers import answer, offered
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import open_current

UNITS = {
    "ticket": 250,
    "call": 20,
    "visit": 600,
    "email": "0.5",
    "message": 1,
    "gift": 90,
    "campaign_contact": 2,
    "share_campaign_cost": True,
}
COSTS = """
WITH reached AS (
    SELECT DISTINCT campaign_id, customer_id, ends_on, cost
    FROM campaign_members JOIN campaigns USING (campaign_id)
    WHERE reached_on <= ends_on
),
paid AS (
    SELECT customer_id, opened_on AS day, 250.0 AS cost FROM tickets
    UNION ALL
    SELECT customer_id, contacted_on, CASE kind WHEN 'call' THEN 20
        WHEN 'visit' THEN 600 WHEN 'email' THEN 0.5 WHEN 'message' THEN 1 ELSE 90 END
    FROM contacts
    UNION ALL
    SELECT customer_id, reached_on, 2 FROM campaign_members
    UNION ALL
    SELECT customer_id, ends_on, cost / COUNT(*) OVER (PARTITION BY campaign_id)
    FROM reached
)
SELECT customer_id, SUM(cost), COALESCE(SUM(cost) FILTER (day > $last - 365), 0)
FROM paid WHERE day <= $last GROUP BY customer_id
"""


@pytest.fixture(scope="module")
def served(company_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The sample company, with what it costs to serve its customers."""
    store = tmp_path_factory.mktemp("served")
    refresh(company_source, store, Settings.model_validate({"serving": UNITS}))
    return Reader(open_current(store))


@pytest.fixture(scope="module")
def costs(served: Reader) -> dict[str, tuple[float, float]]:
    """What each customer cost to date, and in the trailing year."""
    connection = duckdb.connect()
    for table in ("tickets", "contacts", "campaigns", "campaign_members"):
        paths = served.snapshot.parts(table)
        connection.read_parquet(paths, union_by_name=True).create(table)
    last = offered(served)[-1]
    rows = connection.execute(COSTS, {"last": last}).fetchall()
    return {who: (float(ever), float(year)) for who, ever, year in rows}


def test_cost_to_serve_of_each_customer_equals_plain_sql(
    served: Reader, costs: dict[str, tuple[float, float]]
) -> None:
    each = Question("clv", options=(("per-customer", "true"),))
    found = answer(served, LOCAL, each)
    assert found["cost"].sum() > 0
    assert found["cost_ahead"].sum() > 0
    for row in found.iter_rows(named=True):
        ever, year = costs.get(row["customer_id"], (0.0, 0.0))
        days = max(1, min(row["T"], 365))
        assert row["cost"] == pytest.approx(ever, abs=0.01)
        ahead = year / days * 365 * row["p_alive"]
        assert row["cost_ahead"] == pytest.approx(ahead, abs=0.02 * 365 / days)
        worth = row["historic"] - row["cost"] + row["forecast"] - row["cost_ahead"]
        assert row["clv"] == pytest.approx(worth)
    whole = answer(served, LOCAL, Question("clv")).row(0, named=True)
    for name in ("cost", "cost_ahead"):
        assert whole[name] == pytest.approx(found[name].sum()), name
    assert whole["total"] == pytest.approx(found["clv"].sum())


@pytest.mark.parametrize("cut", ["tier", "store", "acquisition_channel"])
def test_customers_below_zero_are_those_on_their_list(served: Reader, cut: str) -> None:
    below = Question("negative_clv")
    listed = answer(
        served, LOCAL, Question("negative_clv", options=(("per-customer", "true"),))
    )
    row = answer(served, LOCAL, below).row(0, named=True)
    assert 0 < row["value"] < row["n"]
    assert row["value"] == listed.height
    assert row["total"] == pytest.approx(listed["clv"].sum())
    assert listed["clv"].max() < 0
    parts = answer(served, LOCAL, Question("negative_clv", by=cut))
    assert parts["value"].sum() == row["value"]
    one = parts.filter(parts["value"] > 0)["segment"][0]
    there = (Condition(cut, (one,)),)
    asked = answer(
        served,
        LOCAL,
        Question("negative_clv", where=there, options=(("per-customer", "true"),)),
    )
    assert set(asked[cut]) == {one}
    assert asked.height == parts.filter(parts["segment"] == one)["value"][0]


def test_a_snapshot_without_unit_costs_takes_nothing_off(company: Reader) -> None:
    row = answer(company, LOCAL, Question("clv")).row(0, named=True)
    assert (row["cost"], row["cost_ahead"]) == (0, 0)
    assert company.rows("SELECT COUNT(*) AS n FROM serving_costs")["n"][0] == 0
