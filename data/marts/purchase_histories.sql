-- One row per as-of date and customer with a purchase: what the purchase and spend
-- models need. A purchase day counts once; frequency is the days after the first.
SELECT
    d.as_of, p.customer_id, k.first_day, k.last_day,
    CAST(SUM(CASE WHEN y.days > 0 AND y.day > k.first_day THEN 1 ELSE 0 END)
        AS BIGINT) AS frequency,
    CAST(SUM(
        CASE WHEN y.days > 0 AND y.day > k.first_day THEN y.revenue ELSE 0 END
    ) AS DECIMAL(38, 4)) AS repeat_revenue,
    CAST(SUM(y.revenue) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(y.margin) AS DECIMAL(38, 4)) AS margin
FROM occasions AS y
INNER JOIN members AS k ON k.customer_key = y.customer_key
INNER JOIN as_of_dates AS d ON d.place = k.place
INNER JOIN profiles AS p ON p.customer_key = y.customer_key
WHERE
    k.first_day IS NOT NULL AND y.day <= d.as_of
    AND y.valid_from <= d.as_of AND y.valid_to > d.as_of
GROUP BY d.as_of, p.customer_id, k.first_day, k.last_day
