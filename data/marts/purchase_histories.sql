-- One row per as-of date and customer with a purchase: what the purchase and spend
-- models need, and its cells. A purchase day counts once; frequency is the days after
-- the first.
SELECT
    d.as_of, m.customer_key, m.cell_one, m.cell_two, m.first_day, m.last_day,
    m.days - 1 AS frequency,
    CAST(m.repeat_revenue AS DOUBLE) AS repeat_revenue,
    CAST(m.revenue AS DOUBLE) AS revenue,
    CAST(m.margin AS DOUBLE) AS margin
FROM members AS m
INNER JOIN as_of_dates AS d ON d.place = m.place
WHERE m.first_day IS NOT NULL
