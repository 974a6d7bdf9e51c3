-- One row per as-of date, customer and cube: the cell it is counted in. The code of '*'
-- is a column that the cube does not keep.
SELECT
    'coarse' AS cube, s.as_of, s.customer_key, s.first_day, s.second_day,
    n.code AS store, s.region, s.customer_type, s.acquisition_channel, s.tier
FROM customer_states AS s
INNER JOIN names AS n ON n.name = '*'
UNION ALL
SELECT
    'store' AS cube, s.as_of, s.customer_key, s.first_day, s.second_day,
    s.store, s.region, n.code AS customer_type, n.code AS acquisition_channel,
    n.code AS tier
FROM customer_states AS s
INNER JOIN names AS n ON n.name = '*'
