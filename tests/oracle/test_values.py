"""Repurchase, concentration, tiers and lifetime value equal plain SQL and formulas."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import hyp2f1

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.raw import MEMBERS, PURCHASES, Oracle, parameters


def test_repurchase_within_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = f"""
        WITH bought AS ({PURCHASES}),
        firsts AS (SELECT customer_id, MIN(day) AS first FROM bought GROUP BY ALL)
        SELECT COUNT(*), COUNT(*) FILTER (EXISTS (
            SELECT 1 FROM bought b WHERE b.customer_id = f.customer_id
            AND b.day > f.first AND b.day <= f.first + CAST($days AS INTEGER)))
        FROM firsts f WHERE f.first <= $as_of - CAST($days AS INTEGER)
    """
    found = answer(company, LOCAL, Question("repurchase_within"))
    for row in found.iter_rows(named=True):
        days = row["horizon_days"]
        n, k = oracle.one(query, as_of=oracle.last, days=days)
        assert row["n"] == n, days
        assert row["value"] == pytest.approx(k / n), days


def test_concentration_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    top, total, n = oracle.one(
        MEMBERS.replace("{where}", "TRUE")
        + """,
        spent AS (
            SELECT customer_id, SUM(net) AS net FROM ledger
            WHERE customer_id IN (SELECT customer_id FROM bought)
            GROUP BY customer_id
        ),
        ranked AS (
            SELECT net, ROW_NUMBER() OVER (ORDER BY net DESC, customer_id) AS place
            FROM spent
        )
        SELECT SUM(net) FILTER (place <= CEIL(5 * (SELECT COUNT(*) FROM spent) / 100)),
            SUM(net), COUNT(*) FROM ranked
        WHERE $start < $as_of AND $before < $as_of
        """,
        **parameters(oracle.last, "all"),
    )
    found = answer(company, LOCAL, Question("concentration")).row(0, named=True)
    assert found["n"] == n
    assert found["value"] == pytest.approx(float(top) / float(total))


def test_tiers_equal_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = (
        MEMBERS.replace("{where}", "TRUE")
        + """
        SELECT tier, COUNT(*) FROM members
        WHERE customer_id IN (SELECT customer_id FROM spans) AND $before < $start
        GROUP BY tier
    """
    )
    rows = oracle.connection.execute(query, parameters(oracle.last, "365")).fetchall()
    found = answer(company, LOCAL, Question("tier_distribution"))
    got = dict(found.select("segment", "customers").iter_rows())
    assert {tier: n for tier, n in got.items() if n} == dict(rows)
    assert found["customer_share"].sum() == pytest.approx(1)


def test_the_money_of_tiers_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = (
        MEMBERS.replace("{where}", "TRUE")
        + """
        SELECT tier, SUM(net), SUM(COALESCE(net - cost, net))
        FROM ledger JOIN members USING (customer_id)
        WHERE day > $start AND $before < $start GROUP BY tier
    """
    )
    rows = oracle.connection.execute(query, parameters(oracle.last, "365")).fetchall()
    found = answer(company, LOCAL, Question("tier_distribution"))
    got = {row["segment"]: row for row in found.iter_rows(named=True)}
    for tier, revenue, margin in rows:
        assert round(got[tier]["revenue"], 2) == round(float(revenue), 2), tier
        assert round(got[tier]["margin"], 2) == round(float(margin), 2), tier


def test_the_margin_to_date_in_clv_equals_plain_sql(
    company: Reader, oracle: Oracle
) -> None:
    query = (
        MEMBERS.replace("{where}", "TRUE")
        + """
        SELECT SUM(COALESCE(net - cost, net)), $before, $start FROM ledger
        WHERE customer_id IN (SELECT customer_id FROM bought)
    """
    )
    margin, _, _ = oracle.one(query, **parameters(oracle.last, "all"))
    row = answer(company, LOCAL, Question("clv")).row(0, named=True)
    assert row["historic_value"] == pytest.approx(float(margin))


HISTORIES = """,
    days AS (
        SELECT customer_id, day, SUM(net) AS net,
            SUM(COALESCE(net - cost, net)) AS margin
        FROM ledger GROUP BY customer_id, day
    ),
    firsts AS (
        SELECT customer_id, MIN(day) AS first, MAX(day) AS last,
            COUNT(DISTINCT day) - 1 AS x
        FROM bought GROUP BY customer_id
    )
    SELECT f.customer_id, f.x, (f.last - f.first) / 7.0, ($as_of - f.first) / 7.0,
        SUM(d.net) FILTER (d.day > f.first AND d.day IN
            (SELECT day FROM bought b WHERE b.customer_id = f.customer_id)),
        SUM(d.net), SUM(d.margin)
    FROM firsts f JOIN days d USING (customer_id)
    WHERE $before < $as_of AND $start < $as_of
    GROUP BY ALL ORDER BY f.customer_id
"""


def test_the_forecast_in_clv_equals_the_published_formula(
    company: Reader, oracle: Oracle
) -> None:
    """Customer by customer from raw orders, with the formula as published, not ours."""
    query = MEMBERS.replace("{where}", "TRUE") + HISTORIES
    rows = oracle.connection.execute(query, parameters(oracle.last, "all")).fetchall()
    table = np.array([[float(v or 0) for v in row[1:]] for row in rows])
    x, recency, age, repeat, revenue, margin = table.T
    model = answer(company, LOCAL, Question("clv_model")).row(0, named=True)
    r, alpha, a, b = (model[name] for name in ("r", "alpha", "a", "b"))
    p, q, gamma = (model[name] for name in ("p", "q", "gamma"))
    alive = 1 / (1 + a / (b + x) * ((alpha + age) / (alpha + recency)) ** (r + x))

    def purchases(days: float) -> np.ndarray:
        t = days / 7
        shrink = ((alpha + age) / (alpha + age + t)) ** (r + x)
        series = hyp2f1(r + x, b + x + 1, a + b + x, t / (alpha + age + t))
        return alive * (a + b + x) / (a - 1) * (1 - shrink * series)

    ends = [365 * month / 12 for month in range(13)]
    discounted = sum(
        (purchases(late) - purchases(early)) * 1.1 ** (-(early + late) / 2 / 365)
        for early, late in pairwise(ends)
    )
    repeated = np.where(repeat > 0, repeat, 0)
    seen = np.where(repeat > 0, x, 0)
    spend = p * (gamma + repeated) / (p * seen + q - 1)
    everyone = margin.sum() / revenue.sum()
    own = np.where(revenue != 0, margin / np.where(revenue == 0, 1, revenue), everyone)
    rate = ((x + 1) * own + 5 * everyone) / (x + 1 + 5)
    row = answer(company, LOCAL, Question("clv")).row(0, named=True)
    right = float((discounted * spend * rate).sum())
    assert row["expected_value"] == pytest.approx(right, rel=1e-6)
    total = answer(company, LOCAL, Question("expected_purchases"))["value"][0]
    assert total == pytest.approx(float(purchases(365).sum()), rel=1e-6)
