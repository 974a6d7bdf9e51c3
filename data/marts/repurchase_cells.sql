-- One row per cube, as-of date, horizon and cell: first-time buyers whose whole horizon
-- has passed, and those of them who bought again on a later day within it.
SELECT
    k.cube, k.as_of, h.horizon_days, k.store, k.region, k.customer_type,
    k.acquisition_channel, k.tier,
    CAST(COUNT(*) AS BIGINT) AS first_buyers,
    CAST(SUM(
        CASE WHEN k.second_day <= k.first_day + h.horizon_days THEN 1 ELSE 0 END
    ) AS BIGINT) AS bought_again
FROM cell_keys AS k
CROSS JOIN horizons AS h
WHERE k.first_day + h.horizon_days <= k.as_of
GROUP BY
    k.cube, k.as_of, h.horizon_days, k.store, k.region, k.customer_type,
    k.acquisition_channel, k.tier
