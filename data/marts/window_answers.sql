-- One row per answer of a window, with its customer's attributes at the as-of date.
SELECT
    s.as_of, a.response_id, a.customer_id, a.known_on, a.score, a.product_quality,
    a.service, a.delivery, a.communication, a.support, a.store_id,
    k.store, k.region, k.customer_type, k.acquisition_channel, k.tier
FROM periods AS s
CROSS JOIN answers AS a
INNER JOIN named_keys AS k ON k.as_of = s.as_of AND k.customer_id = a.customer_id
WHERE a.known_on > s.starts_after AND a.known_on <= s.as_of
ORDER BY a.response_id
