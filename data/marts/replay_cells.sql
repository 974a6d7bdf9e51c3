-- One row per combination of all attributes and cube: the names that the cube tells of
-- it. `cubes` has 1 for each attribute that a cube tells.
SELECT
    CAST(a.address * w.tiers + t.number AS INTEGER) AS combination, c.number, c.cube,
    CASE WHEN c.store = 1 THEN store.name ELSE '*' END AS store,
    CASE WHEN c.region = 1 THEN region.name ELSE '*' END AS region,
    CASE WHEN c.customer_type = 1 THEN kind.name ELSE '*' END AS customer_type,
    CASE WHEN c.acquisition_channel = 1 THEN channel.name ELSE '*' END
        AS acquisition_channel,
    CASE WHEN c.tier = 1 THEN t.tier ELSE '*' END AS tier
FROM address_codes AS a
CROSS JOIN replay_tiers AS t
CROSS JOIN cubes AS c
CROSS JOIN (SELECT MAX(n.number) + 1 AS tiers FROM replay_tiers AS n) AS w
INNER JOIN names AS store ON store.code = a.store
INNER JOIN names AS region ON region.code = a.region
INNER JOIN names AS kind ON kind.code = a.customer_type
INNER JOIN names AS channel ON channel.code = a.acquisition_channel
