-- One row per entry in a points account: whose, when, how many with their sign, and,
-- where they were earned, until when they last.
SELECT
    p.customer_key, e.occurred_on, e.points,
    CASE WHEN e.kind = 'earn' THEN e.expires_on END AS lasts_until,
    CASE WHEN e.kind = 'earn' THEN 1 ELSE 0 END AS earned
FROM points AS e
INNER JOIN profiles AS p ON p.customer_id = e.customer_id
WHERE p.customer_key > 0
