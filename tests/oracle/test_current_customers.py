"""Customers as they are kept for lists equal plain SQL over the accepted rows."""

from dashboard.answers import offered
from dashboard.question import Question
from dashboard.reader import Reader
from tests.oracle.raw import MEMBERS, Oracle, parameters, where

BOUGHT = """
    , totals AS (
        SELECT customer_id, COUNT(DISTINCT day) AS days, COUNT(*) AS orders,
            MIN(day) AS first_day, MAX(day) AS last_day
        FROM bought GROUP BY customer_id
    ),
    money AS (
        SELECT customer_id, SUM(net) AS revenue,
            SUM(net) FILTER (day > $start) AS annual_revenue
        FROM ledger GROUP BY customer_id
    )
    SELECT m.customer_id, m.store, m.region, m.customer_type, m.acquisition_channel,
        m.tier, t.days, t.orders, t.first_day, t.last_day, o.revenue,
        COALESCE(o.annual_revenue, 0) AS annual_revenue, $before AS unused
    FROM members m JOIN totals t USING (customer_id) JOIN money o USING (customer_id)
    ORDER BY customer_id
"""


def test_customers_and_their_totals_equal_plain_sql(
    company: Reader, oracle: Oracle
) -> None:
    query = MEMBERS.replace("{where}", where(Question("customers"))) + BOUGHT
    values = parameters(offered(company)[-1], "365")
    right = oracle.connection.execute(query, values).pl().drop("unused")
    found = company.rows("SELECT * FROM current_customers WHERE days > 0").sort(
        "customer_id"
    )
    assert right.height > 1000
    for name in right.columns:
        assert found[name].to_list() == right[name].to_list(), name


def test_every_known_customer_is_kept_once(company: Reader) -> None:
    (row,) = company.rows(
        "SELECT COUNT(*) AS kept, COUNT(DISTINCT customer_id) AS different,"
        " (SELECT COUNT(*) FROM profiles WHERE customer_key > 0) AS known"
        " FROM current_customers"
    ).to_dicts()
    assert row["kept"] == row["different"] == row["known"]
