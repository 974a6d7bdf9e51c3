-- One row per cube, cell, step (1: from the first purchase day to the second), days and
-- whether the next purchase day ended them, as of the last day: customers.
SELECT
    c.cube, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier, s.step,
    s.days, s.ended, CAST(s.customers AS BIGINT) AS customers
FROM step_sums AS s
INNER JOIN cells AS c ON c.cell = s.cell
