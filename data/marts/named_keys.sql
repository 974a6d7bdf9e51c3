-- One row per as-of date, customer and cube: the cell, with names.
SELECT
    c.cube, m.as_of, p.customer_id, m.customer_key, m.first_day, m.second_day,
    c.store, c.region, c.customer_type, c.acquisition_channel, c.tier
FROM cell_members AS m
INNER JOIN profiles AS p ON p.customer_key = m.customer_key
INNER JOIN cells AS c ON c.cell = m.cell
