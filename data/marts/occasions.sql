-- One row per customer, cut, day and version of that day: at any as-of date one version
-- holds, from valid_from up to, not including, valid_to. `days` is 1 on a purchase day.
WITH settled AS (
    SELECT
        p.customer_key, p.cut, p.day,
        MAX(p.valid_from) AS newest, MIN(p.valid_to) AS soonest,
        SUM(p.orders) AS orders, SUM(p.revenue) AS revenue, SUM(p.margin) AS margin
    FROM cut_purchases AS p
    GROUP BY p.customer_key, p.cut, p.day
),
changes AS (
    SELECT DISTINCT p.customer_key, p.cut, p.day, p.valid_from
    FROM cut_purchases AS p
    INNER JOIN settled AS s
        ON s.customer_key = p.customer_key AND s.cut = p.cut AND s.day = p.day
    WHERE s.newest > s.day OR s.soonest < DATE '9999-12-31'
    UNION
    SELECT DISTINCT p.customer_key, p.cut, p.day, p.valid_to
    FROM cut_purchases AS p
    WHERE p.valid_to < DATE '9999-12-31'
),
versions AS (
    SELECT
        c.customer_key, c.cut, c.day, c.valid_from,
        LEAD(c.valid_from, 1, DATE '9999-12-31') OVER (
            PARTITION BY c.customer_key, c.cut, c.day ORDER BY c.valid_from
        ) AS valid_to
    FROM changes AS c
)
SELECT
    s.customer_key, s.cut, s.day, s.day AS valid_from, DATE '9999-12-31' AS valid_to,
    CAST(CASE WHEN s.orders > 0 THEN 1 ELSE 0 END AS INTEGER) AS days,
    CAST(s.orders AS INTEGER) AS orders,
    CAST(s.revenue AS DECIMAL(18, 4)) AS revenue,
    CAST(s.margin AS DECIMAL(18, 4)) AS margin
FROM settled AS s
WHERE s.newest = s.day AND s.soonest = DATE '9999-12-31'
UNION ALL
SELECT
    v.customer_key, v.cut, v.day, v.valid_from, v.valid_to,
    CAST(MAX(CASE WHEN p.orders > 0 THEN 1 ELSE 0 END) AS INTEGER) AS days,
    CAST(SUM(p.orders) AS INTEGER) AS orders,
    CAST(SUM(p.revenue) AS DECIMAL(18, 4)) AS revenue,
    CAST(SUM(p.margin) AS DECIMAL(18, 4)) AS margin
FROM versions AS v
INNER JOIN cut_purchases AS p
    ON p.customer_key = v.customer_key AND p.cut = v.cut AND p.day = v.day
    AND p.valid_from <= v.valid_from AND p.valid_to > v.valid_from
GROUP BY v.customer_key, v.cut, v.day, v.valid_from, v.valid_to
