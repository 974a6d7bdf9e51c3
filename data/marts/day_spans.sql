-- One row per day with an event and window that holds it, or whose previous window does
-- (inside is 0): joining by day is cheaper than comparing every event to every window.
WITH days AS (
    SELECT o.day FROM occasions AS o
    UNION
    SELECT m.counted_on FROM request_marks AS m
)
SELECT
    d.day, s.span_id, s.as_of,
    CASE WHEN d.day > s.starts_after THEN 1 ELSE 0 END AS inside
FROM days AS d
CROSS JOIN periods AS s
WHERE d.day > s.previous_after AND d.day <= s.as_of
