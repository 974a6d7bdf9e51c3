-- One row per customer: the codes of what the customers table says of it.
SELECT
    p.customer_key, COALESCE(store.code, unknown.code) AS store, region.code AS region,
    kind.code AS customer_type, channel.code AS acquisition_channel
FROM profiles AS p
LEFT JOIN store_regions AS t ON t.store_id = p.declared_store
LEFT JOIN names AS store ON store.name = p.declared_store
INNER JOIN names AS region
    ON region.name = COALESCE(t.region, p.declared_region, 'unknown')
INNER JOIN names AS kind ON kind.name = p.customer_type
INNER JOIN names AS channel ON channel.name = p.acquisition_channel
INNER JOIN names AS unknown ON unknown.name = 'unknown'
