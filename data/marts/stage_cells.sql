-- One row per cube, as-of date, cell, life-cycle stage at the date kept before and stage
-- at this date: customers, by what they are on the last day. `absent` was not known yet.
SELECT
    c.cube, s.as_of, s.before, c.store, c.region, c.customer_type, c.acquisition_channel,
    c.tier, s.stage_from, s.stage, CAST(s.customers AS BIGINT) AS customers
FROM stage_sums AS s
INNER JOIN cells AS c ON c.cell = s.cell
