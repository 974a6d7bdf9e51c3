-- One row per customer and calendar month in which points of it will expire after the last
-- day: what is left of them. The earliest to expire are used first, so what an account
-- holds is what expires last. Months count from year 0, January is 0; 999999 is points
-- that never expire, and 0 those that no lot accounts for: overdue, or an opening balance.
WITH lots AS (
    SELECT
        p.customer_id,
        CASE
            WHEN p.expires_on IS NULL THEN 999999
            ELSE 12 * YEAR(p.expires_on) + MONTH(p.expires_on) - 1
        END AS month,
        SUM(p.points) AS points
    FROM points AS p
    INNER JOIN programme_day AS d ON p.occurred_on <= d.as_of
    WHERE p.points > 0 AND (p.expires_on > d.as_of OR p.expires_on IS NULL)
    GROUP BY
        p.customer_id,
        CASE
            WHEN p.expires_on IS NULL THEN 999999
            ELSE 12 * YEAR(p.expires_on) + MONTH(p.expires_on) - 1
        END
),
stacked AS (
    SELECT
        l.customer_id, l.month, l.points,
        SUM(l.points) OVER (
            PARTITION BY l.customer_id ORDER BY l.month DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS until
    FROM lots AS l
),
left_over AS (
    SELECT
        s.customer_id, s.month,
        LEAST(s.points, a.closing - (s.until - s.points)) AS points
    FROM stacked AS s
    INNER JOIN points_accounts AS a ON a.customer_id = s.customer_id
    WHERE a.closing > s.until - s.points
),
covered AS (
    SELECT l.customer_id, SUM(l.points) AS points
    FROM left_over AS l
    GROUP BY l.customer_id
)
SELECT l.customer_id, l.month, CAST(l.points AS BIGINT) AS points
FROM left_over AS l
UNION ALL
SELECT
    a.customer_id, 0 AS month,
    CAST(a.closing - COALESCE(c.points, 0) AS BIGINT) AS points
FROM points_accounts AS a
LEFT JOIN covered AS c ON c.customer_id = a.customer_id
WHERE a.closing > COALESCE(c.points, 0)
