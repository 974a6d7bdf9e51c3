-- One row per cube, as-of date, horizon and cell: first-time buyers whose whole horizon
-- has passed, and those of them who bought again on a later day within it.
WITH summed AS (
    SELECT
        k.cube, k.as_of, h.horizon_days, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier,
        COUNT(*) AS first_buyers,
        SUM(
            CASE WHEN k.second_day <= k.first_day + h.horizon_days THEN 1 ELSE 0 END
        ) AS bought_again
    FROM cell_keys AS k
    CROSS JOIN horizons AS h
    WHERE k.first_day + h.horizon_days <= k.as_of
    GROUP BY
        k.cube, k.as_of, h.horizon_days, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier
)
SELECT
    c.cube, c.as_of, c.horizon_days, store.name AS store, region.name AS region,
    kind.name AS customer_type, channel.name AS acquisition_channel,
    tier.name AS tier,
    CAST(c.first_buyers AS BIGINT) AS first_buyers,
    CAST(c.bought_again AS BIGINT) AS bought_again
FROM summed AS c
INNER JOIN names AS store ON store.code = c.store
INNER JOIN names AS region ON region.code = c.region
INNER JOIN names AS kind ON kind.code = c.customer_type
INNER JOIN names AS channel ON channel.code = c.acquisition_channel
INNER JOIN names AS tier ON tier.code = c.tier
