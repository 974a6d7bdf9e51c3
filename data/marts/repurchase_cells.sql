-- One row per cube, as-of date, horizon and cell: first-time buyers whose whole horizon
-- has passed, and those of them who bought again on a later day within it.
WITH summed AS (
    SELECT
        k.as_of, h.horizon_days, k.cell,
        COUNT(*) AS first_buyers,
        SUM(
            CASE WHEN k.second_day <= k.first_day + h.horizon_days THEN 1 ELSE 0 END
        ) AS bought_again
    FROM cell_members AS k
    CROSS JOIN horizons AS h
    WHERE k.first_day + h.horizon_days <= k.as_of
    GROUP BY k.as_of, h.horizon_days, k.cell
)
SELECT
    c.cube, b.as_of, b.horizon_days, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier,
    CAST(b.first_buyers AS BIGINT) AS first_buyers,
    CAST(b.bought_again AS BIGINT) AS bought_again
FROM summed AS b
INNER JOIN cells AS c ON c.cell = b.cell
