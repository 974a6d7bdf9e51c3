-- One row per as-of date, customer and cell of the first cube: the cell, with names.
SELECT
    c.cube, d.as_of, p.customer_id, p.customer_key, m.first_day, m.second_day,
    c.store, c.region, c.customer_type, c.acquisition_channel, c.tier
FROM as_of_dates AS d
CROSS JOIN residents AS r
INNER JOIN profiles AS p ON p.customer_key = r.customer_key
LEFT JOIN members AS m ON m.place = d.place AND m.customer_key = r.customer_key
INNER JOIN cells AS c
    ON c.cell = CASE WHEN m.place IS NULL THEN r.idle_one ELSE m.cell_one END
