-- One row per name of a store, region, tier or other attribute, with a number that
-- stands for it while cells are summed.
WITH found AS (
    SELECT p.customer_type AS name FROM profiles AS p
    UNION
    SELECT p.acquisition_channel FROM profiles AS p
    UNION
    SELECT p.declared_store FROM profiles AS p
    UNION
    SELECT p.declared_region FROM profiles AS p
    UNION
    SELECT r.region FROM store_regions AS r
    UNION
    SELECT u.store_id FROM purchases AS u
    UNION
    SELECT u.channel FROM purchases AS u
    UNION
    SELECT u.category FROM purchases AS u
    UNION
    SELECT u.employee_id FROM purchases AS u
    UNION
    SELECT a.store_id FROM requests AS a
    UNION
    SELECT a.employee_id FROM requests AS a
    UNION
    SELECT a.mode FROM requests AS a
    UNION
    SELECT t.tier FROM tier_names AS t
    UNION
    SELECT 'unknown' AS name
    UNION
    SELECT '*' AS name
)
SELECT CAST(ROW_NUMBER() OVER (ORDER BY f.name) AS INTEGER) AS code, f.name
FROM found AS f
WHERE f.name IS NOT NULL
