-- One row per cube, cell, number of days and whether a purchase ended them, as of the last
-- of the dates laid out: gaps between the purchase days of a customer that follow each
-- other, and the open gap since the last one.
WITH newest AS (
    SELECT d.place, d.as_of
    FROM as_of_dates AS d
    WHERE d.place = (SELECT MAX(l.place) FROM as_of_dates AS l)
),
buyers AS (
    SELECT m.customer_key, m.cell_one, m.cell_two
    FROM newest AS n
    INNER JOIN members AS m ON m.place = n.place
    WHERE m.first_day IS NOT NULL
),
followed AS (
    SELECT
        o.customer_key, o.day,
        LEAD(o.day) OVER (PARTITION BY o.customer_key ORDER BY o.day) AS next_day,
        n.as_of
    FROM occasions AS o
    INNER JOIN newest AS n ON o.valid_from <= n.as_of AND o.valid_to > n.as_of
    WHERE o.customer_key > 0 AND o.days > 0
),
counted AS (
    SELECT
        b.cell_one, b.cell_two, COALESCE(f.next_day, f.as_of) - f.day AS gap,
        CASE WHEN f.next_day IS NULL THEN 0 ELSE 1 END AS ended, COUNT(*) AS gaps
    FROM followed AS f
    INNER JOIN buyers AS b ON b.customer_key = f.customer_key
    GROUP BY
        b.cell_one, b.cell_two, COALESCE(f.next_day, f.as_of) - f.day,
        CASE WHEN f.next_day IS NULL THEN 0 ELSE 1 END
),
cubed AS (
    SELECT COALESCE(g.cell_one, g.cell_two) AS cell, g.gap, g.ended, SUM(g.gaps) AS gaps
    FROM counted AS g
    GROUP BY GROUPING SETS (
        (g.cell_one, g.gap, g.ended), (g.cell_two, g.gap, g.ended)
    )
)
SELECT
    c.cube, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    CAST(t.gap AS INTEGER) AS days, CAST(t.ended AS INTEGER) AS ended,
    CAST(t.gaps AS INTEGER) AS gaps
FROM cubed AS t
INNER JOIN cells AS c ON c.cell = t.cell
