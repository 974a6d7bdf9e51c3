-- One row per customer and run of as-of dates, at least one, on which the same purchases
-- lie before the trailing year: from `first_place` up to, not including, `end_place`.
WITH placed AS (
    SELECT
        t.customer_key, t.revenue,
        GREATEST(began.annual_place, starts.place) AS first_place,
        LEAST(next.annual_place, ends.place) AS end_place
    FROM purchase_totals AS t
    INNER JOIN day_places AS began ON began.day = t.day
    INNER JOIN day_places AS next ON next.day = t.next_day
    INNER JOIN day_places AS starts ON starts.day = t.starts_on
    INNER JOIN day_places AS ends ON ends.day = t.ends_on
    WHERE t.customer_key > 0
)
SELECT
    p.customer_key, p.first_place, p.end_place,
    p.revenue
FROM placed AS p
WHERE p.first_place < p.end_place
