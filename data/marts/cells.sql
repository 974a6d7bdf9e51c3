-- One row per cube and cell: its number and the names of its attributes.
SELECT
    CAST(b.first_cell + n.number AS INTEGER) AS cell, b.cube, b.store, b.region,
    b.customer_type, b.acquisition_channel,
    CASE WHEN c.tier = 1 THEN n.tier ELSE '*' END AS tier
FROM blocks AS b
INNER JOIN cubes AS c ON c.number = b.number
INNER JOIN tier_steps AS n ON c.tier = 1 OR n.number = 0
