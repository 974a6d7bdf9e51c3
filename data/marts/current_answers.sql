-- One row per answer of a window that ends on the last day, with its customer's
-- attributes on that day.
SELECT
    s.as_of, a.response_id, a.customer_id, a.known_on, a.score, a.product_quality,
    a.service, a.delivery, a.communication, a.support, a.store_id,
    c.store, c.region, c.customer_type, c.acquisition_channel, c.tier
FROM periods AS s
INNER JOIN answers AS a ON a.known_on > s.starts_after AND a.known_on <= s.as_of
INNER JOIN current_customers AS c ON c.customer_id = a.customer_id
