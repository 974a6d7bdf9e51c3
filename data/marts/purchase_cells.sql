-- One row per cube, as-of date, period, cell and cut of the purchases: additive counts
-- of customers and sums of money. A customer is in one cell of a cube. Orders without a
-- customer have no first day: their money counts, and nobody as a buyer.
WITH latest AS (
    SELECT
        s.span_id, s.as_of, s.starts_after, s.previous_after, t.customer_key, t.cut,
        t.starts_on, t.days, t.orders, t.revenue, t.margin
    FROM cut_purchase_totals AS t
    INNER JOIN periods AS s
        ON t.day <= s.as_of AND t.next_day > s.as_of AND t.day > s.previous_after
    WHERE t.starts_on <= s.as_of AND t.ends_on > s.as_of
),
bought AS (
    SELECT
        n.span_id, n.as_of, n.starts_after, n.customer_key, n.cut,
        n.days - COALESCE(b.days, 0) AS days,
        CASE WHEN b.last_day > n.previous_after THEN 1 ELSE 0 END AS previous,
        n.orders - COALESCE(b.orders, 0) AS orders,
        n.revenue - COALESCE(b.revenue, 0) AS revenue,
        n.margin - COALESCE(b.margin, 0) AS margin
    FROM latest AS n
    LEFT JOIN cut_purchase_totals AS b
        ON b.customer_key = n.customer_key AND b.cut = n.cut
        AND b.starts_on = n.starts_on
        AND b.day <= n.starts_after AND b.next_day > n.starts_after
),
counted AS (
    SELECT
        b.span_id, k.cell, b.cut,
        0 AS customers,
        SUM(CASE WHEN b.days >= 1 AND k.first_day IS NOT NULL THEN 1 ELSE 0 END)
            AS buyers,
        SUM(CASE WHEN b.days >= 2 AND k.first_day IS NOT NULL THEN 1 ELSE 0 END)
            AS repeat_buyers,
        SUM(CASE
            WHEN b.days >= 1 AND k.first_day <= b.starts_after THEN 1 ELSE 0
        END) AS returning_buyers,
        SUM(CASE WHEN k.first_day IS NOT NULL THEN b.previous ELSE 0 END)
            AS previous_buyers,
        SUM(CASE
            WHEN k.first_day IS NOT NULL AND b.days = 0 THEN b.previous ELSE 0
        END) AS lost_buyers,
        SUM(b.orders) AS orders, SUM(b.revenue) AS revenue, SUM(b.margin) AS margin
    FROM bought AS b
    INNER JOIN cell_members AS k
        ON k.as_of = b.as_of AND k.customer_key = b.customer_key
    GROUP BY b.span_id, k.cell, b.cut
),
known AS (
    SELECT k.as_of, k.cell, COUNT(*) AS customers
    FROM cell_members AS k
    WHERE k.first_day IS NOT NULL
    GROUP BY k.as_of, k.cell
),
merged AS (
    SELECT
        c.span_id, c.cell, c.cut, c.customers, c.buyers, c.repeat_buyers,
        c.returning_buyers, c.previous_buyers, c.lost_buyers, c.orders, c.revenue,
        c.margin
    FROM counted AS c
    UNION ALL
    SELECT s.span_id, k.cell, n.code AS cut, k.customers, 0, 0, 0, 0, 0, 0, 0, 0
    FROM known AS k
    INNER JOIN periods AS s ON s.as_of = k.as_of
    INNER JOIN names AS n ON n.name = '*'
),
summed AS (
    SELECT
        b.span_id, b.cell, b.cut,
        SUM(b.customers) AS customers, SUM(b.buyers) AS buyers,
        SUM(b.repeat_buyers) AS repeat_buyers,
        SUM(b.returning_buyers) AS returning_buyers,
        SUM(b.previous_buyers) AS previous_buyers, SUM(b.lost_buyers) AS lost_buyers,
        SUM(b.orders) AS orders, SUM(b.revenue) AS revenue, SUM(b.margin) AS margin
    FROM merged AS b
    GROUP BY b.span_id, b.cell, b.cut
)
SELECT
    c.cube, s.as_of, s.period, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, cut.name AS cut,
    CAST(b.customers AS BIGINT) AS customers,
    CAST(b.buyers AS BIGINT) AS buyers,
    CAST(b.repeat_buyers AS BIGINT) AS repeat_buyers,
    CAST(b.returning_buyers AS BIGINT) AS returning_buyers,
    CAST(b.previous_buyers AS BIGINT) AS previous_buyers,
    CAST(b.lost_buyers AS BIGINT) AS lost_buyers,
    CAST(b.orders AS BIGINT) AS orders,
    CAST(b.revenue AS DECIMAL(38, 4)) AS revenue,
    CAST(b.margin AS DECIMAL(38, 4)) AS margin
FROM summed AS b
INNER JOIN periods AS s ON s.span_id = b.span_id
INNER JOIN cells AS c ON c.cell = b.cell
INNER JOIN names AS cut ON cut.code = b.cut
