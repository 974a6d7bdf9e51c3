"""The value of customers on the page, against plain SQL over raw orders."""

import pytest

from dashboard.answers import answer
from dashboard.question import Question
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
