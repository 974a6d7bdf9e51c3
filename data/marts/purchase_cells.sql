-- One row per cube, as-of date, period, cell and cut of the purchases: additive counts
-- of customers and sums of money. A customer is in one cell of a cube. Sums of a window
-- are those up to its end less those up to its start, each summed by itself.
WITH ends AS (
    SELECT
        p.span_id, m.cell_one, m.cell_two, m.cut,
        COUNT(CASE WHEN m.last_day > p.starts_after THEN 1 END) AS buyers,
        COUNT(CASE WHEN m.prior_day > p.starts_after THEN 1 END) AS repeat_buyers,
        COUNT(CASE
            WHEN m.last_day > p.starts_after AND m.ever_since <= p.starts_after THEN 1
        END) AS returning_buyers,
        COUNT(CASE
            WHEN m.day <= p.starts_after AND m.last_day > p.previous_after THEN 1
        END) AS previous_buyers,
        COUNT(CASE
            WHEN m.last_day <= p.starts_after AND m.last_day > p.previous_after THEN 1
        END) AS lost_buyers,
        SUM(CASE WHEN m.day > p.starts_after THEN m.orders ELSE 0 END) AS orders,
        SUM(CASE WHEN m.day > p.starts_after THEN m.revenue ELSE 0 END) AS revenue,
        SUM(CASE WHEN m.day > p.starts_after THEN m.margin ELSE 0 END) AS margin
    FROM cut_members AS m
    INNER JOIN periods AS p ON p.place = m.place AND m.day > p.previous_after
    GROUP BY GROUPING SETS (
        (p.span_id, m.cut, m.cell_one), (p.span_id, m.cut, m.cell_two)
    )
),
begun AS (
    SELECT
        d.period, t.customer_key, t.cut, t.last_day, t.orders, t.revenue, t.margin,
        GREATEST(d.started, n.ended, starts.ended) AS first_number,
        LEAST(n.started, ends.ended) AS end_number
    FROM cut_purchase_totals AS t
    INNER JOIN start_places AS d ON d.day = t.day
    INNER JOIN start_places AS n ON n.period = d.period AND n.day = t.next_day
    INNER JOIN start_places AS starts
        ON starts.period = d.period AND starts.day = t.starts_on
    INNER JOIN start_places AS ends ON ends.period = d.period AND ends.day = t.ends_on
    WHERE t.next_day < DATE '9999-12-31'
),
starts AS (
    SELECT
        p.span_id, m.cell_one, m.cell_two, b.cut,
        COUNT(CASE
            WHEN b.last_day > p.previous_after AND m.first_day IS NOT NULL THEN 1
        END) AS previous_buyers,
        SUM(b.orders) AS orders, SUM(b.revenue) AS revenue, SUM(b.margin) AS margin
    FROM begun AS b
    INNER JOIN steps AS s ON s.dates = b.end_number - b.first_number
    INNER JOIN periods AS p
        ON p.period = b.period AND p.number = b.first_number + s.step
    INNER JOIN members AS m
        ON m.place = p.place AND m.customer_key = b.customer_key
    GROUP BY GROUPING SETS (
        (p.span_id, b.cut, m.cell_one), (p.span_id, b.cut, m.cell_two)
    )
),
known AS (
    SELECT m.place, m.cell_one, m.cell_two, COUNT(*) AS customers
    FROM members AS m
    WHERE m.first_day IS NOT NULL
    GROUP BY GROUPING SETS ((m.place, m.cell_one), (m.place, m.cell_two))
),
merged AS (
    SELECT
        e.span_id, COALESCE(e.cell_one, e.cell_two) AS cell, e.cut, 0 AS customers,
        e.buyers, e.repeat_buyers, e.returning_buyers, e.previous_buyers,
        e.lost_buyers, e.orders, e.revenue, e.margin
    FROM ends AS e
    UNION ALL
    SELECT
        s.span_id, COALESCE(s.cell_one, s.cell_two), s.cut, 0, 0, 0, 0,
        s.previous_buyers, 0, -s.orders, -s.revenue, -s.margin
    FROM starts AS s
    UNION ALL
    SELECT
        s.span_id, COALESCE(k.cell_one, k.cell_two), n.code, k.customers, 0, 0, 0, 0, 0,
        0, 0, 0
    FROM known AS k
    INNER JOIN periods AS s ON s.place = k.place
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
