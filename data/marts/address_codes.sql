-- One row per combination of the attributes that a customer keeps while its tier
-- changes: a number for it.
WITH found AS (
    SELECT d.store, d.region, d.customer_type, d.acquisition_channel
    FROM declared AS d
    UNION
    SELECT
        t.cut, COALESCE(region.code, d.region), d.customer_type, d.acquisition_channel
    FROM home_totals AS t
    INNER JOIN declared AS d ON d.customer_key = t.customer_key
    INNER JOIN names AS n ON n.code = t.cut
    LEFT JOIN store_regions AS r ON r.store_id = n.name
    LEFT JOIN names AS region ON region.name = r.region
)
SELECT
    CAST(ROW_NUMBER() OVER (
        ORDER BY region.name, kind.name, channel.name, store.name
    ) - 1 AS INTEGER) AS address,
    f.store, f.region, f.customer_type, f.acquisition_channel
FROM found AS f
INNER JOIN names AS store ON store.code = f.store
INNER JOIN names AS region ON region.code = f.region
INNER JOIN names AS kind ON kind.code = f.customer_type
INNER JOIN names AS channel ON channel.code = f.acquisition_channel
