-- One row per as-of date and customer with purchases both before the trailing year and
-- in it: the purchase days and the net revenue up to the start of that year.
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
)
SELECT CAST(p.first_place + s.step AS INTEGER) AS place, p.customer_key, p.days,
    p.revenue
FROM placed AS p
INNER JOIN steps AS s ON s.dates = p.end_place - p.first_place
