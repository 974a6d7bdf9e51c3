-- One row per cube, as-of date, period, cell and cut of the purchases: additive counts
-- of customers and sums of money. A customer is in one cell of a cube.
WITH bought AS (
    SELECT
        d.span_id, o.customer_key, o.cut,
        SUM(CASE WHEN d.inside = 1 THEN o.days ELSE 0 END) AS days,
        MAX(CASE WHEN d.inside = 0 THEN o.days ELSE 0 END) AS previous,
        SUM(CASE WHEN d.inside = 1 THEN o.orders ELSE 0 END) AS orders,
        SUM(CASE WHEN d.inside = 1 THEN o.revenue ELSE 0 END) AS revenue,
        SUM(CASE WHEN d.inside = 1 THEN o.margin ELSE 0 END) AS margin
    FROM cut_occasions AS o
    INNER JOIN day_spans AS d ON d.day = o.day
    WHERE o.valid_from <= d.as_of AND o.valid_to > d.as_of
    GROUP BY d.span_id, o.customer_key, o.cut
),
counted AS (
    SELECT
        b.span_id, k.cell, b.cut,
        0 AS customers,
        SUM(CASE WHEN b.days >= 1 AND p.customer_id <> '' THEN 1 ELSE 0 END) AS buyers,
        SUM(CASE WHEN b.days >= 2 AND p.customer_id <> '' THEN 1 ELSE 0 END)
            AS repeat_buyers,
        SUM(CASE
            WHEN b.days >= 1 AND k.first_day <= s.starts_after THEN 1 ELSE 0
        END) AS returning_buyers,
        SUM(CASE WHEN p.customer_id <> '' THEN b.previous ELSE 0 END)
            AS previous_buyers,
        SUM(CASE WHEN p.customer_id <> '' AND b.days = 0 THEN b.previous ELSE 0 END)
            AS lost_buyers,
        SUM(b.orders) AS orders, SUM(b.revenue) AS revenue, SUM(b.margin) AS margin
    FROM bought AS b
    INNER JOIN periods AS s ON s.span_id = b.span_id
    INNER JOIN cell_members AS k
        ON k.as_of = s.as_of AND k.customer_key = b.customer_key
    INNER JOIN profiles AS p ON p.customer_key = b.customer_key
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
