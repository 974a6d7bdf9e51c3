-- One row per period and day on which totals begin or end: how many of the period's
-- windows start before it, and how many end before it.
SELECT
    p.period, y.day,
    CAST(SUM(CASE WHEN p.starts_after < y.day THEN 1 ELSE 0 END) AS INTEGER) AS started,
    CAST(SUM(CASE WHEN p.as_of < y.day THEN 1 ELSE 0 END) AS INTEGER) AS ended
FROM total_days AS y
CROSS JOIN periods AS p
WHERE p.starts_after > DATE '0001-01-01'
GROUP BY p.period, y.day
