-- One row per customer, day, place and version of the purchases made that day.
-- A version holds for as-of dates from valid_from up to, not including, valid_to:
-- a refund with a later day opens a second version. Customer '' is an order without one.
WITH versions AS (
    SELECT
        COALESCE(o.customer_id, '') AS customer_id,
        o.ordered_on AS day,
        o.store_id, o.channel, o.category, o.employee_id, o.cost, o.amount,
        o.ordered_on AS valid_from,
        CASE
            WHEN o.refund > 0 AND o.refunded_on > o.ordered_on THEN o.refunded_on
            ELSE DATE '9999-12-31'
        END AS valid_to,
        CASE
            WHEN o.refund > 0 AND o.refunded_on > o.ordered_on THEN o.amount
            ELSE o.amount - o.refund
        END AS net
    FROM orders AS o
    WHERE o.status = 'completed'
    UNION ALL
    SELECT
        COALESCE(o.customer_id, '') AS customer_id,
        o.ordered_on AS day,
        o.store_id, o.channel, o.category, o.employee_id, o.cost, o.amount,
        o.refunded_on AS valid_from,
        DATE '9999-12-31' AS valid_to,
        o.amount - o.refund AS net
    FROM orders AS o
    WHERE o.status = 'completed' AND o.refund > 0 AND o.refunded_on > o.ordered_on
    UNION ALL
    SELECT
        COALESCE(o.customer_id, '') AS customer_id,
        o.ordered_on AS day,
        o.store_id, o.channel, o.category, o.employee_id, o.cost, o.amount,
        o.ordered_on AS valid_from,
        DATE '9999-12-31' AS valid_to,
        o.amount AS net
    FROM orders AS o
    WHERE o.status = 'returned' AND o.amount < 0
),
judged AS (
    SELECT
        v.customer_id, v.day, v.store_id, v.channel, v.category, v.employee_id,
        v.valid_from, v.valid_to, v.net,
        CASE
            WHEN v.net > 0 THEN 1
            WHEN v.amount = 0 AND r.count_free_orders = 1 THEN 1
            ELSE 0
        END AS orders,
        CASE
            WHEN v.cost IS NULL THEN CAST(CAST(v.net AS DECIMAL(19, 4)) * r.margin_rate AS DECIMAL(38, 4))
            ELSE CAST(v.net - v.cost AS DECIMAL(38, 4))
        END AS margin
    FROM versions AS v
    CROSS JOIN purchase_rules AS r
)
SELECT
    j.customer_id, j.day, j.store_id, j.channel, j.category, j.employee_id,
    j.valid_from, j.valid_to,
    CAST(SUM(j.orders) AS BIGINT) AS orders,
    CAST(SUM(j.net) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(j.margin) AS DECIMAL(38, 4)) AS margin
FROM judged AS j
WHERE j.orders > 0 OR j.net < 0
GROUP BY
    j.customer_id, j.day, j.store_id, j.channel, j.category, j.employee_id,
    j.valid_from, j.valid_to
