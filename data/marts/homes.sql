-- One row per as-of date and customer without a declared store: the store of most
-- purchases so far, of the latest among equals.
WITH visits AS (
    SELECT
        s.place, s.customer_key, s.cut AS store, n.name,
        ROW_NUMBER() OVER (
            PARTITION BY s.place, s.customer_key
            ORDER BY s.orders DESC, s.last_day DESC, n.name
        ) AS standing
    FROM home_standings AS s
    INNER JOIN names AS n ON n.code = s.cut
    WHERE s.orders > 0
)
SELECT
    v.place, v.customer_key, v.store, COALESCE(region.code, d.region) AS region,
    d.customer_type, d.acquisition_channel
FROM visits AS v
INNER JOIN declared AS d ON d.customer_key = v.customer_key
LEFT JOIN store_regions AS t ON t.store_id = v.name
LEFT JOIN names AS region ON region.name = t.region
WHERE v.standing = 1
