-- One row per customer: repeat purchase days and money up to the last day.
WITH days AS (
    SELECT customer_id, CAST(ordered_at AS DATE) AS day,
        SUM(amount - refund) AS revenue, SUM(amount - refund - cost) AS margin
    FROM read_parquet($orders)
    WHERE COALESCE(status, 'completed') = 'completed' AND customer_id IS NOT NULL
        AND amount > refund AND CAST(ordered_at AS DATE) <= $as_of
    GROUP BY ALL
),
ranked AS (
    SELECT *, MIN(day) OVER (PARTITION BY customer_id) AS first FROM days
)
SELECT customer_id,
    COUNT(*) FILTER (day > first) AS frequency,
    CAST(MAX(day) - MIN(day) AS BIGINT) AS recency,
    CAST($as_of AS DATE) - MIN(day) AS "T",
    CAST(AVG(revenue) FILTER (day > first) AS DOUBLE) AS monetary_value,
    CAST(SUM(revenue) AS DOUBLE) AS revenue,
    CAST(SUM(margin) AS DOUBLE) AS margin,
    0.0::DOUBLE AS cost,
    0.0::DOUBLE AS cost_of_year
FROM ranked
GROUP BY customer_id
ORDER BY customer_id
