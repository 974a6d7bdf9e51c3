-- One row per cube, cell, member level, kind and month: entries of the points ledger by
-- the month in which they occurred; lots, by the month in which they expired, up to the
-- last day; points still due, by the month in which they will; opening balances, of month
-- 0. Months count from year 0, January is 0. A customer whom no other table names is in
-- the cell of nothing known.
WITH moved AS (
    SELECT
        p.customer_id, p.kind, 12 * YEAR(p.occurred_on) + MONTH(p.occurred_on) - 1 AS month,
        COUNT(*) AS n, SUM(p.points) AS points
    FROM points AS p
    INNER JOIN programme_day AS d ON p.occurred_on <= d.as_of
    GROUP BY
        p.customer_id, p.kind, 12 * YEAR(p.occurred_on) + MONTH(p.occurred_on) - 1
    UNION ALL
    SELECT
        p.customer_id, 'lot' AS kind,
        12 * YEAR(p.expires_on) + MONTH(p.expires_on) - 1 AS month,
        COUNT(*) AS n, SUM(p.points) AS points
    FROM points AS p
    INNER JOIN programme_day AS d
        ON p.expires_on <= d.as_of AND p.occurred_on <= d.as_of
    WHERE p.points > 0
    GROUP BY p.customer_id, 12 * YEAR(p.expires_on) + MONTH(p.expires_on) - 1
    UNION ALL
    SELECT d.customer_id, 'due' AS kind, d.month, 1 AS n, d.points
    FROM points_due AS d
    UNION ALL
    SELECT a.customer_id, 'opening' AS kind, 0 AS month, 1 AS n, a.opening AS points
    FROM points_accounts AS a
    WHERE a.opening > 0
),
placed AS (
    SELECT
        c.cell_one, c.cell_two, COALESCE(c.member_level, 'unknown') AS level, m.kind,
        m.month, SUM(m.n) AS n, SUM(m.points) AS points
    FROM moved AS m
    LEFT JOIN customer_cells AS c ON c.customer_id = m.customer_id
    GROUP BY
        c.cell_one, c.cell_two, COALESCE(c.member_level, 'unknown'), m.kind, m.month
),
cubed AS (
    SELECT 'coarse' AS cube, p.cell_one AS cell, p.level, p.kind, p.month, p.n, p.points
    FROM placed AS p
    UNION ALL
    SELECT 'store' AS cube, p.cell_two AS cell, p.level, p.kind, p.month, p.n, p.points
    FROM placed AS p
)
SELECT
    t.cube, COALESCE(c.store, 'unknown') AS store,
    COALESCE(c.region, 'unknown') AS region,
    COALESCE(c.customer_type, 'unknown') AS customer_type,
    COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
    COALESCE(c.tier, 'unknown') AS tier, t.level, t.kind,
    CAST(t.month AS INTEGER) AS month, CAST(SUM(t.n) AS BIGINT) AS n,
    CAST(SUM(t.points) AS BIGINT) AS points
FROM cubed AS t
LEFT JOIN cells AS c ON c.cell = t.cell
GROUP BY
    t.cube, COALESCE(c.store, 'unknown'), COALESCE(c.region, 'unknown'),
    COALESCE(c.customer_type, 'unknown'), COALESCE(c.acquisition_channel, 'unknown'),
    COALESCE(c.tier, 'unknown'), t.level, t.kind, t.month
