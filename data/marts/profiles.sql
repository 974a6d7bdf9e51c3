-- One row per customer that any table names, with what the customers table says and a
-- number that stands for it in the marts. Customer '', number 0, stands for orders
-- without one.
WITH named AS (
    SELECT c.customer_id FROM customers AS c
    UNION
    SELECT o.customer_id FROM orders AS o
    UNION
    SELECT s.customer_id FROM surveys AS s
    UNION
    SELECT '' AS customer_id
)
SELECT
    CAST(ROW_NUMBER() OVER (ORDER BY n.customer_id) - 1 AS INTEGER) AS customer_key,
    n.customer_id,
    c.store_id AS declared_store,
    c.region AS declared_region,
    COALESCE(c.customer_type, 'unknown') AS customer_type,
    COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
    c.acquired_on,
    c.owner,
    c.member_level,
    c.city,
    c.industry,
    c.consent
FROM named AS n
LEFT JOIN customers AS c ON c.customer_id = n.customer_id
WHERE n.customer_id IS NOT NULL
