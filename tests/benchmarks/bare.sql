-- The bare pass: what plain SQL over the same orders costs, written to Parquet.
COPY (
    SELECT customer_id, COUNT(*) AS orders, SUM(amount) AS amount,
        MIN(ordered_on) AS first, MAX(ordered_on) AS last,
        COUNT(DISTINCT channel) AS channels
    FROM orders GROUP BY customer_id
) TO '{folder}/rfm.parquet';
COPY (
    WITH months AS (
        SELECT DISTINCT customer_id, YEAR(ordered_on) * 12 + MONTH(ordered_on) AS month
        FROM orders
    ),
    firsts AS (SELECT customer_id, MIN(month) AS cohort FROM months GROUP BY ALL)
    SELECT cohort, month - cohort AS age, COUNT(*) AS customers
    FROM months JOIN firsts USING (customer_id) GROUP BY ALL
) TO '{folder}/cohort.parquet';
COPY (
    WITH spent AS (
        SELECT customer_id, YEAR(ordered_on) * 12 + MONTH(ordered_on) AS month,
            SUM(amount) AS amount
        FROM orders GROUP BY ALL
    ),
    moves AS (
        SELECT customer_id, month, amount FROM spent
        UNION ALL SELECT customer_id, month + 12, -amount FROM spent
    ),
    net AS (SELECT customer_id, month, SUM(amount) AS amount FROM moves GROUP BY ALL),
    annual AS (
        SELECT customer_id, month, SUM(amount) OVER (
            PARTITION BY customer_id ORDER BY month) AS amount FROM net
    ),
    tiers AS (
        SELECT customer_id, month, CASE WHEN amount >= 50000 THEN 'diamond'
            WHEN amount >= 10000 THEN 'gold' ELSE 'silver' END AS tier FROM annual
    ),
    changes AS (
        SELECT month, tier, LAG(tier) OVER (
            PARTITION BY customer_id ORDER BY month) AS before FROM tiers
    )
    SELECT month, before, tier, COUNT(*) AS customers
    FROM changes WHERE before <> tier GROUP BY ALL
) TO '{folder}/migration.parquet';
