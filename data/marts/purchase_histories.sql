-- One row per as-of date and customer with a purchase: what the purchase and spend
-- models need. A purchase day counts once; frequency is the days after the first.
SELECT
    k.as_of, p.customer_id, k.first_day, k.last_day,
    CAST(SUM(CASE WHEN y.days > 0 AND y.day > k.first_day THEN 1 ELSE 0 END)
        AS BIGINT) AS frequency,
    CAST(SUM(
        CASE WHEN y.days > 0 AND y.day > k.first_day THEN y.revenue ELSE 0 END
    ) AS DECIMAL(38, 4)) AS repeat_revenue,
    CAST(SUM(y.revenue) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(y.margin) AS DECIMAL(38, 4)) AS margin
FROM occasions AS y
INNER JOIN customer_states AS k ON k.customer_key = y.customer_key
INNER JOIN profiles AS p ON p.customer_key = y.customer_key
WHERE
    k.first_day IS NOT NULL AND y.day <= k.as_of
    AND y.valid_from <= k.as_of AND y.valid_to > k.as_of
GROUP BY k.as_of, p.customer_id, k.first_day, k.last_day
