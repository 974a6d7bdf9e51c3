-- One row per customer, kind of signal and day: how many there were, and their sum. Of
-- recommendation answers the scores; of the five dimensions of satisfaction the answers;
-- of tickets, on the day by which they ought to be resolved, those that were; of points
-- earned or redeemed and of logins, visits and other touches how many.
WITH solvable AS (
    SELECT COUNT(t.resolved_on) AS tickets
    FROM tickets AS t
),
found AS (
    SELECT a.customer_id, 'nps' AS kind, a.known_on AS day, 1 AS n, a.score AS total
    FROM answers AS a
    WHERE a.score IS NOT NULL
    UNION ALL
    SELECT
        a.customer_id, 'satisfaction', a.known_on,
        CASE WHEN a.product_quality IS NULL THEN 0 ELSE 1 END
            + CASE WHEN a.service IS NULL THEN 0 ELSE 1 END
            + CASE WHEN a.delivery IS NULL THEN 0 ELSE 1 END
            + CASE WHEN a.communication IS NULL THEN 0 ELSE 1 END
            + CASE WHEN a.support IS NULL THEN 0 ELSE 1 END,
        COALESCE(a.product_quality, 0) + COALESCE(a.service, 0)
            + COALESCE(a.delivery, 0) + COALESCE(a.communication, 0)
            + COALESCE(a.support, 0)
    FROM answers AS a
    UNION ALL
    SELECT
        t.customer_id, 'service', t.opened_on + r.resolve_days, 1,
        CASE WHEN t.resolved_on <= t.opened_on + r.resolve_days THEN 1 ELSE 0 END
    FROM tickets AS t
    CROSS JOIN service_rules AS r
    CROSS JOIN solvable AS s
    WHERE s.tickets > 0
    UNION ALL
    SELECT p.customer_id, 'programme', p.occurred_on, 1, 1
    FROM points AS p
    WHERE p.kind IN ('earn', 'redeem')
    UNION ALL
    SELECT i.customer_id, 'engagement', i.occurred_on, 1, 1
    FROM interactions AS i
)
SELECT
    f.kind, f.day, p.customer_key,
    CAST(SUM(f.n) AS INTEGER) AS n, CAST(SUM(f.total) AS INTEGER) AS total
FROM found AS f
INNER JOIN profiles AS p ON p.customer_id = f.customer_id
WHERE f.n > 0 AND p.customer_key > 0
GROUP BY f.kind, f.day, p.customer_key
