-- One row per day on which totals begin or end: the place of the first as-of date that
-- is not before it, and of the first one whose trailing year does not start before it.
SELECT
    y.day,
    CAST(COALESCE(SUM(CASE WHEN d.as_of < y.day THEN 1 ELSE 0 END), 0) AS INTEGER)
        AS place,
    CAST(COALESCE(SUM(CASE WHEN d.annual_after < y.day THEN 1 ELSE 0 END), 0) AS INTEGER)
        AS annual_place
FROM total_days AS y
CROSS JOIN as_of_dates AS d
GROUP BY y.day
