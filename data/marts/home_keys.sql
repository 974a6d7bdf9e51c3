-- One row per customer without a declared store and store where it bought: a number,
-- and the combination of attributes that it has where this store is its home.
WITH visited AS (
    SELECT DISTINCT t.customer_key, t.cut AS store
    FROM home_totals AS t
),
placed AS (
    SELECT
        v.customer_key, v.store, n.name, COALESCE(region.code, d.region) AS region,
        d.customer_type, d.acquisition_channel
    FROM visited AS v
    INNER JOIN declared AS d ON d.customer_key = v.customer_key
    INNER JOIN names AS n ON n.code = v.store
    LEFT JOIN store_regions AS r ON r.store_id = n.name
    LEFT JOIN names AS region ON region.name = r.region
)
SELECT
    CAST(ROW_NUMBER() OVER (ORDER BY p.customer_key, p.name) AS INTEGER) AS home,
    p.customer_key, p.store, a.address
FROM placed AS p
INNER JOIN address_codes AS a
    ON a.store = p.store AND a.region = p.region AND a.customer_type = p.customer_type
    AND a.acquisition_channel = p.acquisition_channel
