-- One row per customer at the last of the dates laid out: its cell in each cube, its
-- member level, and what it bought, for the marts that sum something else of it.
WITH newest AS (
    SELECT d.place
    FROM as_of_dates AS d
    WHERE d.place = (SELECT MAX(l.place) FROM as_of_dates AS l)
),
buyers AS (
    SELECT m.customer_key, m.cell_one, m.cell_two
    FROM newest AS n
    INNER JOIN members AS m ON m.place = n.place
)
SELECT
    p.customer_key, p.customer_id, p.member_level, p.acquired_on, c.first_day,
    c.second_day, c.last_day, c.annual_revenue,
    COALESCE(b.cell_one, r.idle_one) AS cell_one,
    COALESCE(b.cell_two, r.idle_two) AS cell_two
FROM residents AS r
INNER JOIN profiles AS p ON p.customer_key = r.customer_key
INNER JOIN current_customers AS c ON c.customer_key = r.customer_key
LEFT JOIN buyers AS b ON b.customer_key = r.customer_key
