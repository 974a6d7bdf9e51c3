-- One row per customer with someone who looks after it: its declared owner, else the
-- employee of its latest contact.
WITH latest AS (
    SELECT c.customer_id, MAX(c.contacted_on) AS day
    FROM contacts AS c
    CROSS JOIN visit_last_day AS l
    WHERE c.employee_id IS NOT NULL AND c.contacted_on <= l.as_of
    GROUP BY c.customer_id
),
met AS (
    SELECT c.customer_id, MAX(c.employee_id) AS employee_id
    FROM contacts AS c
    INNER JOIN latest AS t ON t.customer_id = c.customer_id AND t.day = c.contacted_on
    GROUP BY c.customer_id
)
SELECT p.customer_key, COALESCE(p.owner, m.employee_id) AS owner
FROM profiles AS p
LEFT JOIN met AS m ON m.customer_id = p.customer_id
WHERE COALESCE(p.owner, m.employee_id) IS NOT NULL
