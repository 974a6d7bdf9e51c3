-- One row per as-of date and customer with a purchase: its cells, its days since the
-- first and the last purchase, and purchase days and net revenue of the trailing year.
WITH placed AS (
    SELECT
        t.customer_key, t.days, t.revenue,
        GREATEST(began.annual_place, next.place, starts.place) AS first_place,
        LEAST(next.annual_place, ends.place) AS end_place
    FROM purchase_totals AS t
    INNER JOIN day_places AS began ON began.day = t.day
    INNER JOIN day_places AS next ON next.day = t.next_day
    INNER JOIN day_places AS starts ON starts.day = t.starts_on
    INNER JOIN day_places AS ends ON ends.day = t.ends_on
),
before AS (
    SELECT
        CAST(p.first_place + s.step AS INTEGER) AS place, p.customer_key, p.days,
        p.revenue
    FROM placed AS p
    INNER JOIN steps AS s ON s.dates = p.end_place - p.first_place
)
SELECT
    d.as_of, m.customer_key, m.cell_one, m.cell_two,
    d.as_of - m.last_day AS days_since_last,
    d.as_of - m.first_day AS days_since_first,
    CASE WHEN m.day > d.annual_after THEN m.days - COALESCE(b.days, 0) ELSE 0 END
        AS purchase_days,
    CAST(
        CASE WHEN m.day > d.annual_after THEN m.revenue - COALESCE(b.revenue, 0) ELSE 0 END
        AS DOUBLE
    ) AS annual_spend
FROM members AS m
INNER JOIN as_of_dates AS d ON d.place = m.place
LEFT JOIN before AS b ON b.place = m.place AND b.customer_key = m.customer_key
WHERE m.first_day IS NOT NULL
