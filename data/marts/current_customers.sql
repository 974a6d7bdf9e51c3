-- One row per customer at the last of the dates laid out: its attributes by name, its
-- first, second, last and last but one purchase day, and its totals so far and of the
-- trailing year. What a customer without a purchase has of these is null.
WITH newest AS (
    SELECT d.place, d.annual_after
    FROM as_of_dates AS d
    WHERE d.place = (SELECT MAX(l.place) FROM as_of_dates AS l)
),
buyers AS (
    SELECT
        m.customer_key, m.cell_one, m.cell_two, m.first_day, m.second_day, m.last_day,
        m.prior_day, m.days, m.orders, m.revenue, m.margin,
        CASE
            WHEN m.day > n.annual_after THEN m.revenue - COALESCE(y.revenue, 0) ELSE 0
        END AS annual_revenue
    FROM newest AS n
    INNER JOIN members AS m ON m.place = n.place
    LEFT JOIN year_starts AS y
        ON y.place = m.place AND y.customer_key = m.customer_key
)
SELECT
    p.customer_key, p.customer_id, two.store, one.region, one.customer_type,
    one.acquisition_channel, one.tier, b.first_day, b.second_day, b.last_day, b.prior_day,
    b.days, b.orders, b.revenue, b.margin,
    CAST(b.annual_revenue AS DECIMAL(18, 4)) AS annual_revenue
FROM residents AS r
INNER JOIN profiles AS p ON p.customer_key = r.customer_key
LEFT JOIN buyers AS b ON b.customer_key = r.customer_key
INNER JOIN cells AS one ON one.cell = COALESCE(b.cell_one, r.idle_one)
INNER JOIN cells AS two ON two.cell = COALESCE(b.cell_two, r.idle_two)
WHERE r.customer_key > 0
