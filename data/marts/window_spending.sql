-- One row per customer with a purchase in a window: net revenue there, and attributes.
SELECT
    s.as_of, k.customer_key, k.store, k.region, k.customer_type, k.acquisition_channel,
    k.tier, CAST(SUM(o.revenue) AS DECIMAL(38, 4)) AS revenue
FROM periods AS s
CROSS JOIN occasions AS o
INNER JOIN named_keys AS k ON k.as_of = s.as_of AND k.customer_key = o.customer_key
WHERE
    o.day > s.starts_after AND o.day <= s.as_of
    AND o.valid_from <= s.as_of AND o.valid_to > s.as_of
GROUP BY
    s.as_of, k.customer_key, k.store, k.region, k.customer_type, k.acquisition_channel,
    k.tier
HAVING SUM(o.days) > 0 AND k.customer_key > 0
ORDER BY k.customer_key
