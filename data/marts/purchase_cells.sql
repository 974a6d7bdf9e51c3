-- One row per cube, as-of date, period, cell and cut of the purchases: additive counts
-- of customers and sums of money. A customer is in one cell of a cube.
WITH bought AS (
    SELECT
        s.as_of, s.period, p.customer_id, p.cut,
        SUM(CASE WHEN p.day > s.starts_after THEN p.days ELSE 0 END) AS days,
        MAX(CASE WHEN p.day <= s.starts_after THEN p.days ELSE 0 END) AS previous,
        SUM(CASE WHEN p.day > s.starts_after THEN p.orders ELSE 0 END) AS orders,
        SUM(CASE WHEN p.day > s.starts_after THEN p.revenue ELSE 0 END) AS revenue,
        SUM(CASE WHEN p.day > s.starts_after THEN p.margin ELSE 0 END) AS margin
    FROM periods AS s
    CROSS JOIN cut_occasions AS p
    WHERE
        p.day > s.previous_after AND p.day <= s.as_of
        AND p.valid_from <= s.as_of AND p.valid_to > s.as_of
    GROUP BY s.as_of, s.period, p.customer_id, p.cut
),
counted AS (
    SELECT
        k.cube, b.as_of, b.period, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier, b.cut,
        0 AS customers,
        CASE WHEN b.days >= 1 AND b.customer_id <> '' THEN 1 ELSE 0 END AS buyers,
        CASE WHEN b.days >= 2 AND b.customer_id <> '' THEN 1 ELSE 0 END
            AS repeat_buyers,
        CASE
            WHEN b.days >= 1 AND k.first_day <= s.starts_after THEN 1 ELSE 0
        END AS returning_buyers,
        CASE WHEN b.customer_id <> '' THEN b.previous ELSE 0 END AS previous_buyers,
        CASE WHEN b.customer_id <> '' AND b.days = 0 THEN b.previous ELSE 0 END
            AS lost_buyers,
        b.orders, b.revenue, b.margin
    FROM bought AS b
    INNER JOIN cell_keys AS k
        ON k.as_of = b.as_of AND k.customer_id = b.customer_id
    INNER JOIN periods AS s ON s.as_of = b.as_of AND s.period = b.period
    UNION ALL
    SELECT
        k.cube, k.as_of, s.period, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier, '*' AS cut,
        1 AS customers, 0, 0, 0, 0, 0, 0, 0, 0
    FROM cell_keys AS k
    INNER JOIN periods AS s ON s.as_of = k.as_of
    WHERE k.first_day IS NOT NULL
)
SELECT
    c.cube, c.as_of, c.period, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, c.cut,
    CAST(SUM(c.customers) AS BIGINT) AS customers,
    CAST(SUM(c.buyers) AS BIGINT) AS buyers,
    CAST(SUM(c.repeat_buyers) AS BIGINT) AS repeat_buyers,
    CAST(SUM(c.returning_buyers) AS BIGINT) AS returning_buyers,
    CAST(SUM(c.previous_buyers) AS BIGINT) AS previous_buyers,
    CAST(SUM(c.lost_buyers) AS BIGINT) AS lost_buyers,
    CAST(SUM(c.orders) AS BIGINT) AS orders,
    CAST(SUM(c.revenue) AS DECIMAL(38, 4)) AS revenue,
    CAST(SUM(c.margin) AS DECIMAL(38, 4)) AS margin
FROM counted AS c
GROUP BY
    c.cube, c.as_of, c.period, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, c.cut
