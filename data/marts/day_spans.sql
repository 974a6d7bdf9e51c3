-- One row per day of a request and window that holds it: joining by day is cheaper than
-- comparing every request to every window.
WITH days AS (
    SELECT DISTINCT r.counted_on AS day FROM request_marks AS r
)
SELECT d.day, s.span_id, s.as_of
FROM days AS d
CROSS JOIN periods AS s
WHERE d.day > s.starts_after AND d.day <= s.as_of
