-- One row per combination of the attributes that a customer keeps while its tier
-- changes, and cube: what the cube tells of it.
WITH found AS (
    SELECT d.store, d.region, d.customer_type, d.acquisition_channel
    FROM declared AS d
    UNION
    SELECT h.store, h.region, h.customer_type, h.acquisition_channel
    FROM homes AS h
)
SELECT
    f.store, f.region, f.customer_type, f.acquisition_channel, c.cube, c.number,
    CASE WHEN c.store = 1 THEN f.store ELSE every.code END AS store_told,
    CASE WHEN c.region = 1 THEN f.region ELSE every.code END AS region_told,
    CASE WHEN c.customer_type = 1 THEN f.customer_type ELSE every.code END AS type_told,
    CASE
        WHEN c.acquisition_channel = 1 THEN f.acquisition_channel ELSE every.code
    END AS channel_told
FROM found AS f
CROSS JOIN cubes AS c
INNER JOIN names AS every ON every.name = '*'
