-- One row per cube and cell that has a customer on one of the dates: its number and the
-- names of its attributes.
WITH found AS (
    SELECT DISTINCT
        k.cube, k.store, k.region, k.customer_type, k.acquisition_channel, k.tier
    FROM cell_keys AS k
)
SELECT
    CAST(ROW_NUMBER() OVER (
        ORDER BY
            f.cube, store.name, region.name, kind.name, channel.name, tier.name
    ) AS INTEGER) AS cell,
    f.cube, store.name AS store, region.name AS region, kind.name AS customer_type,
    channel.name AS acquisition_channel, tier.name AS tier,
    f.store AS store_code, f.region AS region_code, f.customer_type AS type_code,
    f.acquisition_channel AS channel_code, f.tier AS tier_code
FROM found AS f
INNER JOIN names AS store ON store.code = f.store
INNER JOIN names AS region ON region.code = f.region
INNER JOIN names AS kind ON kind.code = f.customer_type
INNER JOIN names AS channel ON channel.code = f.acquisition_channel
INNER JOIN names AS tier ON tier.code = f.tier
