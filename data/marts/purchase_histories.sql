-- One row per as-of date and customer with a purchase: what the purchase and spend
-- models need. A purchase day counts once; frequency is the days after the first.
WITH days AS (
    SELECT
        d.as_of, p.customer_id, p.day,
        SUM(p.orders) AS orders, SUM(p.revenue) AS revenue, SUM(p.margin) AS margin
    FROM as_of_dates AS d
    CROSS JOIN purchases AS p
    WHERE
        p.customer_id <> '' AND p.day <= d.as_of
        AND p.valid_from <= d.as_of AND p.valid_to > d.as_of
    GROUP BY d.as_of, p.customer_id, p.day
)
SELECT
    y.as_of, y.customer_id, k.first_day, k.last_day,
    CAST(SUM(CASE WHEN y.orders > 0 AND y.day > k.first_day THEN 1 ELSE 0 END)
        AS BIGINT) AS frequency,
    CAST(SUM(
        CASE WHEN y.orders > 0 AND y.day > k.first_day THEN y.revenue ELSE 0 END
    ) AS DECIMAL(38, 4)) AS repeat_revenue,
    CAST(SUM(y.revenue) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(y.margin) AS DECIMAL(38, 4)) AS margin
FROM days AS y
INNER JOIN customer_states AS k
    ON k.as_of = y.as_of AND k.customer_id = y.customer_id
WHERE k.first_day IS NOT NULL
GROUP BY y.as_of, y.customer_id, k.first_day, k.last_day
