-- One row per as-of date, customer and cube: the number of the cell it is counted in.
SELECT k.as_of, k.customer_key, c.cell, k.first_day, k.second_day
FROM cell_keys AS k
INNER JOIN cells AS c
    ON c.cube = k.cube AND c.store_code = k.store AND c.region_code = k.region
    AND c.type_code = k.customer_type AND c.channel_code = k.acquisition_channel
    AND c.tier_code = k.tier
