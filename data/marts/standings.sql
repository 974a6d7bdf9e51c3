-- One row per as-of date, customer and cut with purchases: the totals that hold then.
WITH placed AS (
    SELECT
        t.customer_key, t.cut, t.day, t.days, t.orders, t.revenue, t.margin,
        t.repeat_revenue, t.first_day, t.second_day, t.last_day, t.prior_day,
        GREATEST(began.place, starts.place) AS first_place,
        LEAST(next.place, ends.place) AS end_place
    FROM cut_purchase_totals AS t
    INNER JOIN day_places AS began ON began.day = t.day
    INNER JOIN day_places AS next ON next.day = t.next_day
    INNER JOIN day_places AS starts ON starts.day = t.starts_on
    INNER JOIN day_places AS ends ON ends.day = t.ends_on
)
SELECT
    CAST(p.first_place + s.step AS INTEGER) AS place, p.customer_key, p.cut, p.day,
    p.days, p.orders, p.revenue, p.margin, p.repeat_revenue, p.first_day, p.second_day,
    p.last_day, p.prior_day
FROM placed AS p
INNER JOIN steps AS s ON s.dates = p.end_place - p.first_place
