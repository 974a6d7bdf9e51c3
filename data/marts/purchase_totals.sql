-- One row per customer, cut, day with purchases and run of as-of dates on which all days
-- up to it look the same: counts and sums up to that day, which hold until the next one.
-- A window is a difference of two rows. A refund starts a new run for its order's day and
-- those after it, up to the refund; later days know of it from the start.
-- `prior_day` is the last purchase day but one; `repeat_revenue` is that of the purchase
-- days after the first. A customer of whom a purchase day goes, or comes, by a refund has
-- all its days told anew for each stretch of as-of dates between such changes.
WITH changing AS (
    SELECT
        o.customer_key, o.cut, o.day, o.valid_from, o.valid_to, o.days, o.orders,
        o.revenue, o.margin
    FROM cut_occasions AS o
    WHERE o.valid_from > o.day OR o.valid_to < DATE '9999-12-31'
),
judged AS (
    SELECT
        c.customer_key, c.cut, c.day,
        CASE
            WHEN MIN(c.days) < MAX(c.days) THEN 1
            WHEN MIN(c.valid_from) > c.day OR MAX(c.valid_to) < DATE '9999-12-31' THEN 1
            ELSE 0
        END AS turns
    FROM changing AS c
    GROUP BY c.customer_key, c.cut, c.day
),
turning AS (
    SELECT DISTINCT j.customer_key, j.cut
    FROM judged AS j
    WHERE j.turns = 1
),
changes AS (
    SELECT c.customer_key, c.cut, c.valid_to AS changed_on
    FROM changing AS c
    INNER JOIN turning AS t ON t.customer_key = c.customer_key AND t.cut = c.cut
    WHERE c.valid_to < DATE '9999-12-31'
    UNION
    SELECT c.customer_key, c.cut, c.valid_from
    FROM changing AS c
    INNER JOIN turning AS t ON t.customer_key = c.customer_key AND t.cut = c.cut
    WHERE c.valid_from > c.day
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
steady AS (
    SELECT
        o.customer_key, o.cut, o.day, o.valid_from, o.days, o.orders, o.revenue,
        o.margin
    FROM cut_occasions AS o
    LEFT JOIN turning AS t ON t.customer_key = o.customer_key AND t.cut = o.cut
    WHERE t.customer_key IS NULL
),
later AS (
    SELECT
        c.customer_key, c.cut, c.day, c.valid_from, c.days,
        c.orders - LAG(c.orders, 1, c.orders) OVER so_far AS orders,
        c.revenue - LAG(c.revenue, 1, c.revenue) OVER so_far AS revenue,
        c.margin - LAG(c.margin, 1, c.margin) OVER so_far AS margin
    FROM changing AS c
    LEFT JOIN turning AS t ON t.customer_key = c.customer_key AND t.cut = c.cut
    WHERE t.customer_key IS NULL
    WINDOW so_far AS (PARTITION BY c.customer_key, c.cut, c.day ORDER BY c.valid_from)
),
known AS (
    SELECT
        s.customer_key, s.cut, DATE '0001-01-01' AS starts_on,
        DATE '9999-12-31' AS ends_on, s.day, s.day AS told_on, 1 AS told, s.days,
        s.orders, s.revenue, s.margin
    FROM steady AS s
    WHERE s.valid_from = s.day
    UNION ALL
    SELECT
        l.customer_key, l.cut, DATE '0001-01-01', DATE '9999-12-31', l.day,
        l.valid_from, 0, l.days, l.orders, l.revenue, l.margin
    FROM later AS l
    WHERE l.valid_from > l.day
    UNION ALL
    SELECT
        s.customer_key, s.cut, s.starts_on, s.ends_on, o.day, o.day, 1, o.days, o.orders,
        o.revenue, o.margin
    FROM stretches AS s
    INNER JOIN cut_occasions AS o
        ON o.customer_key = s.customer_key AND o.cut = s.cut
    WHERE
        o.day < s.ends_on AND o.valid_to > s.starts_on
        AND (o.valid_from = o.day OR o.valid_from <= s.starts_on)
),
begun AS (
    SELECT
        k.customer_key, k.cut, k.starts_on, k.ends_on, k.day, k.told_on, k.told, k.days,
        k.orders, k.revenue, k.margin,
        MIN(CASE WHEN k.days > 0 THEN k.day END) OVER (
            PARTITION BY k.customer_key, k.cut, k.starts_on
        ) AS first_ever
    FROM known AS k
),
summed AS (
    SELECT
        b.customer_key, b.cut, b.starts_on, b.ends_on, b.day, b.told,
        b.days AS on_day, b.first_ever,
        SUM(b.days * b.told) OVER so_far AS days, SUM(b.orders) OVER so_far AS orders,
        SUM(b.revenue) OVER so_far AS revenue, SUM(b.margin) OVER so_far AS margin,
        SUM(CASE WHEN b.days > 0 AND b.day > b.first_ever THEN b.revenue ELSE 0 END)
            OVER so_far AS repeat_revenue
    FROM begun AS b
    WINDOW so_far AS (
        PARTITION BY b.customer_key, b.cut, b.starts_on ORDER BY b.told_on, b.told
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
told AS (
    SELECT
        s.customer_key, s.cut, s.starts_on, s.ends_on, s.day, s.on_day, s.days, s.orders,
        s.revenue, s.margin, s.first_ever,
        CASE WHEN s.days > 0 THEN s.repeat_revenue END AS repeat_revenue,
        LEAD(s.day, 1, DATE '9999-12-31') OVER so_far AS next_day,
        CASE WHEN s.days > 0 THEN s.first_ever END AS first_day,
        MIN(CASE WHEN s.on_day > 0 AND s.days = 2 THEN s.day END) OVER so_far
            AS second_day,
        MAX(CASE WHEN s.on_day > 0 THEN s.day END) OVER (
            PARTITION BY s.customer_key, s.cut, s.starts_on ORDER BY s.day
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
    FROM summed AS s
    WHERE s.told = 1
    WINDOW so_far AS (PARTITION BY s.customer_key, s.cut, s.starts_on ORDER BY s.day)
),
totals AS (
    SELECT
        t.customer_key, t.cut, t.starts_on, t.ends_on, t.day, t.next_day, t.days,
        t.orders, t.revenue, t.margin, t.repeat_revenue, t.first_ever, t.first_day,
        t.second_day,
        CASE WHEN t.on_day > 0 THEN t.day ELSE t.before END AS last_day,
        MAX(CASE WHEN t.on_day > 0 THEN t.before END) OVER (
            PARTITION BY t.customer_key, t.cut, t.starts_on ORDER BY t.day
        ) AS prior_day
    FROM told AS t
),
reached AS (
    SELECT
        t.customer_key, t.cut, t.day, l.valid_from,
        SUM(l.orders) AS orders, SUM(l.revenue) AS revenue, SUM(l.margin) AS margin,
        SUM(CASE WHEN l.days > 0 AND l.day > t.first_ever THEN l.revenue ELSE 0 END)
            AS repeat_revenue
    FROM later AS l
    INNER JOIN totals AS t
        ON t.customer_key = l.customer_key AND t.cut = l.cut
        AND t.day >= l.day AND t.day < l.valid_from
    WHERE l.valid_from > l.day
    GROUP BY t.customer_key, t.cut, t.day, l.valid_from
),
runs AS (
    SELECT
        r.customer_key, r.cut, r.day, r.valid_from AS starts_on,
        LEAD(r.valid_from, 1, DATE '9999-12-31') OVER so_far AS ends_on,
        MIN(r.valid_from) OVER (PARTITION BY r.customer_key, r.cut, r.day) AS soonest,
        SUM(r.orders) OVER so_far AS orders, SUM(r.revenue) OVER so_far AS revenue,
        SUM(r.margin) OVER so_far AS margin,
        SUM(r.repeat_revenue) OVER so_far AS repeat_revenue
    FROM reached AS r
    WINDOW so_far AS (
        PARTITION BY r.customer_key, r.cut, r.day ORDER BY r.valid_from
    )
),
ending AS (
    SELECT r.customer_key, r.cut, r.day, r.starts_on AS ends_on
    FROM runs AS r
    WHERE r.starts_on = r.soonest
),
held AS (
    SELECT
        t.customer_key, t.cut, t.starts_on, COALESCE(e.ends_on, t.ends_on) AS ends_on,
        t.day, t.next_day, t.days, t.orders, t.revenue, t.margin, t.repeat_revenue,
        t.first_day, t.second_day, t.last_day, t.prior_day
    FROM totals AS t
    LEFT JOIN ending AS e
        ON e.customer_key = t.customer_key AND e.cut = t.cut AND e.day = t.day
    UNION ALL
    SELECT
        t.customer_key, t.cut, r.starts_on, r.ends_on, t.day, t.next_day, t.days,
        t.orders + r.orders, t.revenue + r.revenue, t.margin + r.margin,
        t.repeat_revenue + r.repeat_revenue, t.first_day, t.second_day, t.last_day,
        t.prior_day
    FROM runs AS r
    INNER JOIN totals AS t
        ON t.customer_key = r.customer_key AND t.cut = r.cut AND t.day = r.day
)
SELECT
    h.customer_key, h.cut, h.starts_on, h.ends_on, h.day, h.next_day,
    CAST(h.days AS INTEGER) AS days,
    CAST(h.orders AS INTEGER) AS orders,
    CAST(h.revenue AS DECIMAL(18, 4)) AS revenue,
    CAST(h.margin AS DECIMAL(18, 4)) AS margin,
    CAST(h.repeat_revenue AS DECIMAL(18, 4)) AS repeat_revenue,
    h.first_day, h.second_day, h.last_day, h.prior_day
FROM held AS h
