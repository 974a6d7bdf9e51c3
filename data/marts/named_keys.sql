-- One row per as-of date, customer and cube, with names instead of codes.
SELECT
    k.cube, k.as_of, p.customer_id, k.customer_key, k.first_day, k.second_day,
    store.name AS store, region.name AS region, kind.name AS customer_type,
    channel.name AS acquisition_channel, tier.name AS tier
FROM cell_keys AS k
INNER JOIN profiles AS p ON p.customer_key = k.customer_key
INNER JOIN names AS store ON store.code = k.store
INNER JOIN names AS region ON region.code = k.region
INNER JOIN names AS kind ON kind.code = k.customer_type
INNER JOIN names AS channel ON channel.code = k.acquisition_channel
INNER JOIN names AS tier ON tier.code = k.tier
