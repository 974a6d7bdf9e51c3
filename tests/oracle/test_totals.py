"""Running totals against plain sums of what was known, where refunds undo purchases."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from data.marts import sql

FIRST, NEVER = date(2024, 1, 1), date(9999, 12, 31)
DAYS = 75
PURCHASES = (
    "customer_key INTEGER, cut INTEGER, day DATE, valid_from DATE, valid_to DATE,"
    " orders BIGINT, revenue DECIMAL(38, 4), margin DECIMAL(38, 4)"
)
MOMENTS = """
CREATE TABLE moments AS
SELECT s.day AS up_to, a.day AS as_of, s.customer_key
FROM (SELECT * FROM days, (SELECT DISTINCT customer_key FROM {events})) AS s
JOIN days AS a ON s.day <= a.day
"""
BOUGHT = """
WITH known AS (
    SELECT
        m.customer_key, m.up_to, m.as_of, p.day, SUM(p.orders) AS orders,
        SUM(p.revenue) AS revenue, SUM(p.margin) AS margin,
        CAST(MAX(p.orders) > 0 AS INTEGER) AS bought
    FROM moments AS m JOIN cut_purchases AS p
        ON p.customer_key = m.customer_key AND p.day <= m.up_to
        AND p.valid_from <= m.as_of AND p.valid_to > m.as_of
    GROUP BY ALL
)
SELECT
    customer_key, up_to, as_of, SUM(bought) AS days, SUM(orders) AS orders,
    SUM(revenue) AS revenue, SUM(margin) AS margin,
    SUM(revenue) FILTER (bought > 0) - ARG_MIN(revenue, day) FILTER (bought > 0)
        AS repeat_revenue,
    MIN(day) FILTER (bought > 0) AS first_day,
    LIST_SORT(LIST(day) FILTER (bought > 0))[2] AS second_day,
    MAX(day) FILTER (bought > 0) AS last_day,
    LIST_REVERSE_SORT(LIST(day) FILTER (bought > 0))[2] AS prior_day
FROM known GROUP BY ALL
"""
HELD = """
SELECT m.customer_key, m.up_to, m.as_of, t.* EXCLUDE (
    customer_key, cut, starts_on, ends_on, day, next_day
)
FROM moments AS m JOIN totals AS t
    ON t.customer_key = m.customer_key
    AND t.day <= m.up_to AND t.next_day > m.up_to
    AND t.starts_on <= m.as_of AND t.ends_on > m.as_of
"""


def versions(dice: Random) -> Iterable[tuple[object, ...]]:
    """Purchases of sixty customers; many are taken back, by every other in part."""
    for customer in range(60):
        shares = (1, 2, 4) if customer % 2 else (2, 4)
        for _ in range(dice.randint(1, 12)):
            day = FIRST + timedelta(dice.randint(0, 40))
            amount = dice.choice([0, 10, 20, 30, -5])
            back = day + timedelta(dice.randint(1, 30))
            refund = amount / dice.choice(shares) if amount > 0 else 0
            refund += 3 if refund == amount and dice.random() < 0.3 else 0
            if refund and dice.random() < 0.5:
                yield customer, day, day, back, amount
                yield customer, day, back, NEVER, amount - refund
            else:
                yield customer, day, day, NEVER, amount


def made(
    events: str, columns: str, rows: Iterable[object]
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE {events} ({columns})")
    count = len(connection.execute(f"DESCRIBE {events}").fetchall())
    marks = ", ".join("?" * count)
    connection.executemany(f"INSERT INTO {events} VALUES ({marks})", list(rows))
    connection.execute(
        "CREATE TABLE days AS SELECT CAST(? + CAST(i AS INTEGER) AS DATE) AS day"
        " FROM range(?) AS r(i)",
        [FIRST, DAYS],
    )
    connection.execute(MOMENTS.format(events=events))
    return connection


def differing(
    connection: duckdb.DuckDBPyConnection, one: str, two: str
) -> list[object]:
    return connection.execute(f"({one}) EXCEPT ALL ({two}) LIMIT 3").fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_totals_hold_what_was_known_of_every_day_on_every_later_day(seed: int) -> None:
    rows = [
        (customer, 1, day, since, until, int(net > 0), net, net / 2)
        for customer, day, since, until, net in versions(Random(seed))
        if net
    ]
    connection = made("cut_purchases", PURCHASES, rows)
    connection.execute(f"CREATE TABLE cut_occasions AS {sql('occasions')}")
    connection.execute(f"CREATE TABLE totals AS {sql('purchase_totals')}")
    assert not differing(connection, BOUGHT, HELD)
    assert not differing(connection, HELD, BOUGHT)
    twice = "SELECT COUNT(*) FROM totals WHERE starts_on > DATE '0001-01-01'"
    assert connection.execute(twice).fetchall()[0][0] > 100
