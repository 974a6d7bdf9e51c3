"""The value of customers on the page, against plain SQL over raw orders."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.answers import answer
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from tests.oracle.conftest import Oracle
from tests.oracle.raw import MEMBERS, parameters


def test_the_lorenz_curve_equals_plain_sql(company: Reader, oracle: Oracle) -> None:
    query = (
        MEMBERS.replace("{where}", "TRUE")
        + """,
        spent AS (
            SELECT customer_id, SUM(net) AS net FROM ledger
            WHERE customer_id IN (SELECT customer_id FROM bought)
            GROUP BY customer_id
        ),
        ranked AS (
            SELECT net, ROW_NUMBER() OVER (ORDER BY net) AS place FROM spent
        )
        SELECT 100 * place // (SELECT COUNT(*) FROM spent) AS percent, MAX(place),
            (SELECT SUM(net) FROM ranked AS r WHERE r.place <= MAX(ranked.place))
        FROM ranked WHERE $start < $as_of AND $before < $as_of
        GROUP BY percent HAVING percent > 0 ORDER BY percent
        """
    )
    rows = oracle.connection.execute(query, parameters(oracle.last, "all")).fetchall()
    customers, money = float(rows[-1][1]), float(rows[-1][2])
    found = answer(company, LOCAL, Question("lorenz")).rows()
    assert found[0] == (0, 0.0, 0.0)
    assert len(found) == len(rows) + 1 == 101
    for (percent, people, spent), got in zip(rows, found[1:], strict=True):
        right = (percent, people / customers, float(spent) / money)
        assert got == pytest.approx(right)


LIVED = """,
    firsts AS (
        SELECT customer_id, MIN(day) AS first, COUNT(DISTINCT day) AS days
        FROM bought GROUP BY customer_id
    ),
    earned AS (
        SELECT customer_id, SUM(COALESCE(net - cost, net)) AS margin
        FROM ledger GROUP BY customer_id
    )
    SELECT customer_id, margin, days FROM firsts JOIN earned USING (customer_id)
    WHERE $start < $as_of AND $before < $as_of
"""


def test_the_outcome_of_the_back_test_equals_plain_sql(
    company: Reader, oracle: Oracle
) -> None:
    """Margin since the cut, and before it, of the customers known at the cut."""
    query = MEMBERS.replace("{where}", "TRUE") + LIVED
    found = answer(company, LOCAL, Question("clv_backtest"))
    row = found.row(0, named=True)
    last = row["until"]
    assert (last, row["days"]) == (oracle.last, 365)
    then = [
        {
            who: (float(m), n)
            for who, m, n in oracle.connection.execute(query, p).fetchall()
        }
        for p in (parameters(last - timedelta(365 * back), "all") for back in (0, 1, 2))
    ]
    now, cut, earlier = then
    none = (0.0, 0)
    actual = sum(now.get(who, none)[0] - m for who, (m, _) in cut.items())
    naive = sum(m - earlier.get(who, none)[0] for who, (m, _) in cut.items())
    bought = sum(max(now.get(who, none)[1] - n, 0) for who, (_, n) in cut.items())
    assert row["n"] == len(cut)
    assert row["actual"] == pytest.approx(actual)
    assert row["naive"] == pytest.approx(naive)
    assert row["purchases"] == bought
    assert row["error"] == pytest.approx(row["value"] / actual - 1)


def test_tenths_of_the_back_test_sum_to_the_total(company: Reader) -> None:
    found = answer(company, LOCAL, Question("clv_backtest"))
    whole, tenths = found[0], found[1:]
    for name in ("n", "value", "actual", "naive", "expected_purchases", "purchases"):
        assert tenths[name].sum() == pytest.approx(whole[name][0]), name
    means = (tenths["value"] / tenths["n"]).to_list()
    assert means == sorted(means)
    assert whole["coverage"][0] == pytest.approx(tenths["inside"].mean())


def test_the_back_test_of_all_regions_is_that_of_everybody(company: Reader) -> None:
    """Compared now, with the models of everybody, part by part."""
    whole = answer(company, LOCAL, Question("clv_backtest"))
    east = Condition("region", ("华东",))
    parts = [
        answer(company, LOCAL, Question("clv_backtest", where=(each,)))
        for each in (east, replace(east, negate=True))
    ]
    for name in ("n", "value", "actual", "naive"):
        assert sum(part[name][0] for part in parts) == pytest.approx(whole[name][0])
