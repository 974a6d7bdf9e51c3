-- One row per cube, month of the first purchase, months since it and cell, as of the last
-- of the dates laid out: customers who bought in that month, those who came back in it
-- for the first time, and what was bought. Months count from year 0, January is 0.
WITH newest AS (
    SELECT d.place, d.as_of
    FROM as_of_dates AS d
    WHERE d.place = (SELECT MAX(l.place) FROM as_of_dates AS l)
),
buyers AS (
    SELECT
        m.customer_key, m.cell_one, m.cell_two,
        12 * YEAR(m.first_day) + MONTH(m.first_day) - 1 AS first_month
    FROM newest AS n
    INNER JOIN members AS m ON m.place = n.place
    WHERE m.first_day IS NOT NULL
),
bought AS (
    SELECT
        o.customer_key, 12 * YEAR(o.day) + MONTH(o.day) - 1 AS month,
        MAX(o.days) AS customers, SUM(o.orders) AS orders, SUM(o.revenue) AS revenue,
        SUM(o.margin) AS margin
    FROM occasions AS o
    INNER JOIN newest AS n ON o.valid_from <= n.as_of AND o.valid_to > n.as_of
    WHERE o.customer_key > 0
    GROUP BY o.customer_key, 12 * YEAR(o.day) + MONTH(o.day) - 1
),
returns AS (
    SELECT b.customer_key, MIN(b.month) AS month
    FROM bought AS b
    INNER JOIN buyers AS f ON f.customer_key = b.customer_key
    WHERE b.customers > 0 AND b.month > f.first_month
    GROUP BY b.customer_key
),
summed AS (
    SELECT
        f.cell_one, f.cell_two, f.first_month, b.month, SUM(b.customers) AS customers,
        0 AS returned, SUM(b.orders) AS orders, SUM(b.revenue) AS revenue,
        SUM(b.margin) AS margin
    FROM bought AS b
    INNER JOIN buyers AS f ON f.customer_key = b.customer_key
    WHERE b.month >= f.first_month
    GROUP BY f.cell_one, f.cell_two, f.first_month, b.month
    UNION ALL
    SELECT
        f.cell_one, f.cell_two, f.first_month, r.month, 0 AS customers,
        COUNT(*) AS returned, 0 AS orders, 0 AS revenue, 0 AS margin
    FROM returns AS r
    INNER JOIN buyers AS f ON f.customer_key = r.customer_key
    GROUP BY f.cell_one, f.cell_two, f.first_month, r.month
),
cubed AS (
    SELECT
        COALESCE(s.cell_one, s.cell_two) AS cell, s.first_month, s.month,
        SUM(s.customers) AS customers, SUM(s.returned) AS returned,
        SUM(s.orders) AS orders, SUM(s.revenue) AS revenue, SUM(s.margin) AS margin
    FROM summed AS s
    GROUP BY GROUPING SETS (
        (s.cell_one, s.first_month, s.month), (s.cell_two, s.first_month, s.month)
    )
)
SELECT
    c.cube, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    CAST(t.first_month AS INTEGER) AS first_month,
    CAST(t.month - t.first_month AS INTEGER) AS months_since,
    CAST(t.customers AS INTEGER) AS customers, CAST(t.returned AS INTEGER) AS returned,
    CAST(t.orders AS INTEGER) AS orders,
    CAST(t.revenue AS DECIMAL(38, 4)) AS revenue,
    CAST(t.margin AS DECIMAL(38, 4)) AS margin
FROM cubed AS t
INNER JOIN cells AS c ON c.cell = t.cell
