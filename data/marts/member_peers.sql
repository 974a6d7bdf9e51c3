-- One row per cell of customers who had bought a year before the last day: what they were
-- then (tier, half-year of the first purchase) and are now, whether they were members then,
-- and what they bought in that year. Net revenue is in cents. Who joined within the year,
-- or has a level but no entry that says since when, is neither.
WITH sides AS (
    SELECT
        c.customer_key, c.first_day, c.last_day, c.annual_revenue, c.cell_one,
        COALESCE(c.member_level, 'unknown') AS level,
        CASE
            WHEN a.first_on <= d.year_start THEN 'member'
            WHEN a.first_on IS NULL AND c.member_level IS NULL THEN 'other'
            ELSE 'joined'
        END AS side,
        d.year_start
    FROM customer_cells AS c
    CROSS JOIN programme_day AS d
    LEFT JOIN points_accounts AS a ON a.customer_id = c.customer_id
    WHERE c.first_day <= d.year_start AND c.customer_key > 0
)
SELECT
    k.region, k.customer_type, k.acquisition_channel, k.tier, t.tier AS tier_then,
    CAST(2 * YEAR(s.first_day) + CASE WHEN MONTH(s.first_day) > 6 THEN 1 ELSE 0 END
        AS INTEGER) AS half_year,
    s.level, s.side, CAST(COUNT(*) AS BIGINT) AS customers,
    CAST(SUM(CASE WHEN s.last_day > s.year_start THEN 1 ELSE 0 END) AS BIGINT) AS buyers,
    CAST(SUM(CAST(ROUND(s.annual_revenue * 100, 0) AS DECIMAL(18, 0)))
        AS DECIMAL(38, 0)) AS revenue,
    CAST(SUM(
        CAST(ROUND(s.annual_revenue * 100, 0) AS DECIMAL(18, 0))
        * CAST(ROUND(s.annual_revenue * 100, 0) AS DECIMAL(18, 0))
    ) AS DECIMAL(38, 0)) AS squares
FROM sides AS s
INNER JOIN cells AS k ON k.cell = s.cell_one
INNER JOIN held_then AS t ON t.customer_key = s.customer_key
GROUP BY
    k.region, k.customer_type, k.acquisition_channel, k.tier, t.tier,
    2 * YEAR(s.first_day) + CASE WHEN MONTH(s.first_day) > 6 THEN 1 ELSE 0 END,
    s.level, s.side
