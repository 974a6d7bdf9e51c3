-- One row per survey: the day that places it in a window of requests, and the day from
-- which it counts as answered, far off if it never was.
SELECT
    s.response_id, s.customer_id, s.store_id, s.employee_id, s.mode,
    COALESCE(s.sent_on, a.known_on) AS counted_on,
    COALESCE(a.known_on, DATE '9999-12-31') AS known_on
FROM surveys AS s
LEFT JOIN answers AS a ON a.response_id = s.response_id
