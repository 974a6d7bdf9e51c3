-- One row per customer, cut, stretch of as-of dates and day with purchases: counts and sums
-- up to that day, which hold until the next one. A window is a difference of two rows.
-- On all as-of dates of a stretch, past days look the same: a refund starts a new one.
-- `prior_day` is the last purchase day but one; `repeat_revenue` is that of the purchase
-- days after the first.
WITH changes AS (
    SELECT o.customer_key, o.cut, o.valid_to AS changed_on
    FROM cut_occasions AS o
    WHERE o.valid_to < DATE '9999-12-31'
    UNION
    SELECT o.customer_key, o.cut, o.valid_from
    FROM cut_occasions AS o
    WHERE o.valid_from > o.day
),
starts AS (
    SELECT c.customer_key, c.cut, c.changed_on AS starts_on
    FROM changes AS c
    UNION
    SELECT c.customer_key, c.cut, DATE '0001-01-01'
    FROM changes AS c
),
stretches AS (
    SELECT
        s.customer_key, s.cut, s.starts_on,
        LEAD(s.starts_on, 1, DATE '9999-12-31') OVER (
            PARTITION BY s.customer_key, s.cut ORDER BY s.starts_on
        ) AS ends_on
    FROM starts AS s
),
changing AS (
    SELECT DISTINCT c.customer_key, c.cut
    FROM changes AS c
),
known AS (
    SELECT
        o.customer_key, o.cut, DATE '0001-01-01' AS starts_on,
        DATE '9999-12-31' AS ends_on, o.day, o.days, o.orders, o.revenue, o.margin
    FROM cut_occasions AS o
    LEFT JOIN changing AS c ON c.customer_key = o.customer_key AND c.cut = o.cut
    WHERE c.customer_key IS NULL
    UNION ALL
    SELECT
        s.customer_key, s.cut, s.starts_on, s.ends_on, o.day, o.days, o.orders,
        o.revenue, o.margin
    FROM stretches AS s
    INNER JOIN cut_occasions AS o
        ON o.customer_key = s.customer_key AND o.cut = s.cut
    WHERE
        o.day < s.ends_on AND o.valid_to > s.starts_on
        AND (o.valid_from = o.day OR o.valid_from <= s.starts_on)
),
summed AS (
    SELECT
        k.customer_key, k.cut, k.starts_on, k.ends_on, k.day, k.days AS on_day,
        LEAD(k.day, 1, DATE '9999-12-31') OVER so_far AS next_day,
        SUM(k.days) OVER so_far AS days, SUM(k.orders) OVER so_far AS orders,
        SUM(k.revenue) OVER so_far AS revenue, SUM(k.margin) OVER so_far AS margin,
        SUM(CASE WHEN k.days > 0 THEN k.revenue ELSE 0 END) OVER so_far AS spent,
        MAX(CASE WHEN k.days > 0 THEN k.day END) OVER (
            PARTITION BY k.customer_key, k.cut, k.starts_on ORDER BY k.day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
    FROM known AS k
    WINDOW so_far AS (
        PARTITION BY k.customer_key, k.cut, k.starts_on ORDER BY k.day
    )
)
SELECT
    s.customer_key, s.cut, s.starts_on, s.ends_on, s.day, s.next_day,
    CAST(s.days AS INTEGER) AS days,
    CAST(s.orders AS INTEGER) AS orders,
    CAST(s.revenue AS DECIMAL(18, 4)) AS revenue,
    CAST(s.margin AS DECIMAL(18, 4)) AS margin,
    CAST(
        s.spent - MIN(CASE WHEN s.on_day > 0 AND s.days = 1 THEN s.spent END) OVER so_far
        AS DECIMAL(18, 4)
    ) AS repeat_revenue,
    MIN(CASE WHEN s.on_day > 0 THEN s.day END) OVER so_far AS first_day,
    MIN(CASE WHEN s.on_day > 0 AND s.days = 2 THEN s.day END) OVER so_far AS second_day,
    CASE WHEN s.on_day > 0 THEN s.day ELSE s.before END AS last_day,
    MAX(CASE WHEN s.on_day > 0 THEN s.before END) OVER so_far AS prior_day
FROM summed AS s
WINDOW so_far AS (PARTITION BY s.customer_key, s.cut, s.starts_on ORDER BY s.day)
