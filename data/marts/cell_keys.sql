-- One row per as-of date, customer and cube: the cell it is counted in. '*' is a column
-- that the cube does not keep.
SELECT
    'coarse' AS cube, s.as_of, s.customer_id, s.first_day, s.second_day,
    '*' AS store, s.region, s.customer_type, s.acquisition_channel, s.tier
FROM customer_states AS s
UNION ALL
SELECT
    'store' AS cube, s.as_of, s.customer_id, s.first_day, s.second_day,
    s.store, s.region, '*' AS customer_type, '*' AS acquisition_channel, '*' AS tier
FROM customer_states AS s
