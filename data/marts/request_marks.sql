-- One row per customer, cut and days of a request and its answer: how many there are.
SELECT
    r.customer_key, r.cut, r.counted_on, r.known_on,
    CAST(COUNT(*) AS INTEGER) AS requests
FROM cut_requests AS r
GROUP BY r.customer_key, r.cut, r.counted_on, r.known_on
