"""Raw accepted rows on a plain connection, and naive SQL over them."""

from dataclasses import dataclass
from datetime import date

import duckdb

from dashboard.periods import span
from dashboard.question import Question


@dataclass(frozen=True)
class Oracle:
    """Raw accepted orders and surveys on a plain connection."""

    connection: duckdb.DuckDBPyConnection
    last: date

    def one(self, query: str, **values: object) -> tuple[object, ...]:
        row = self.connection.execute(query, values).fetchone()
        assert row is not None
        return tuple(row)


# Net amount as of a day: refunds count from their own day on.
NET = """
    o.amount - CASE WHEN COALESCE(o.refunded_on, o.ordered_on) <= $as_of
               THEN o.refund ELSE 0 END
"""
PURCHASES = f"""
    SELECT o.customer_id, o.ordered_on AS day, {NET} AS net, o.cost
    FROM orders o
    WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
"""
MEMBERS = f"""
    WITH bought AS ({PURCHASES}),
    returned AS (
        SELECT o.customer_id, o.ordered_on AS day, o.amount AS net, o.cost
        FROM orders o
        WHERE o.status = 'returned' AND o.amount < 0 AND o.ordered_on <= $as_of
    ),
    ledger AS (
        SELECT customer_id, day, net, cost FROM bought
        UNION ALL SELECT customer_id, day, net, cost FROM returned
    ),
    facts AS (
        SELECT customer_id,
            (SELECT MAX(day) FROM bought b WHERE b.customer_id = l.customer_id) AS last,
            SUM(net) FILTER (day > $as_of - 365) AS spend
        FROM ledger l GROUP BY customer_id
    ),
    homes AS (
        SELECT DISTINCT ON (o.customer_id) o.customer_id, o.store_id
        FROM (
            SELECT customer_id, store_id, COUNT(*) AS n, MAX(ordered_on) AS latest
            FROM orders o
            WHERE o.status = 'completed' AND o.ordered_on <= $as_of AND {NET} > 0
                AND o.store_id IS NOT NULL
            GROUP BY ALL
        ) o
        ORDER BY o.customer_id, n DESC, latest DESC, store_id
    ),
    members AS (
        SELECT f.customer_id,
            COALESCE(c.store_id, h.store_id, 'unknown') AS store,
            COALESCE(s.region, c.region, 'unknown') AS region,
            COALESCE(c.customer_type, 'unknown') AS customer_type,
            COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
            CASE
                WHEN last IS NULL THEN 'unknown'
                WHEN $as_of - last >= 365 THEN 'dormant'
                WHEN COALESCE(spend, 0) >= 50000 THEN 'diamond'
                WHEN COALESCE(spend, 0) >= 10000 THEN 'gold'
                ELSE 'silver'
            END AS tier
        FROM facts f
        LEFT JOIN customers c USING (customer_id)
        LEFT JOIN homes h USING (customer_id)
        LEFT JOIN stores s ON s.store_id = COALESCE(c.store_id, h.store_id)
    ),
    chosen AS (SELECT * FROM members WHERE {{where}}),
    spans AS (
        SELECT customer_id,
            COUNT(DISTINCT day) FILTER (day > $start) AS days,
            COUNT(*) FILTER (day > $start) AS orders,
            COUNT(*) FILTER (day > $before AND day <= $start) AS earlier,
            MIN(day) AS first
        FROM bought WHERE customer_id IN (SELECT customer_id FROM chosen)
        GROUP BY customer_id
    )
"""


def where(question: Question) -> str:
    parts = ["TRUE"]
    for each in question.where:
        values = ", ".join(f"'{value}'" for value in each.values)
        sign = "NOT IN" if each.negate else "IN"
        parts.append(f"{each.attribute} {sign} ({values})")
    return " AND ".join(parts)


def parameters(as_of: date, period: str) -> dict[str, date]:
    asked = span(as_of, period)
    days = (as_of, asked.starts_after, asked.previous_after)
    return dict(zip(("as_of", "start", "before"), days, strict=True))
