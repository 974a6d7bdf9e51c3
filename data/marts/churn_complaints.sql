-- One row per complaint: who made it, when it was opened and, if it is, resolved. None
-- where no ticket is ever resolved, as it is then unknown whether one still is open.
WITH solvable AS (
    SELECT COUNT(t.resolved_on) AS tickets
    FROM tickets AS t
)
SELECT p.customer_key, t.opened_on, t.resolved_on
FROM tickets AS t
INNER JOIN profiles AS p ON p.customer_id = t.customer_id
CROSS JOIN solvable AS s
WHERE t.kind = 'complaint' AND s.tickets > 0 AND p.customer_key > 0
