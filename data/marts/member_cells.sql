-- One row per cube, cell and member level: members, which are customers with a level or an
-- entry in the points ledger, and the other customers as level `none`; of them those who
-- bought in the year to the last day, accounts, those with a delivered balance, those whose
-- balance is not what the entries come to, points held, and net revenue of the year.
WITH accounts AS (
    SELECT
        COALESCE(c.customer_id, a.customer_id) AS customer_id, c.cell_one, c.cell_two,
        COALESCE(
            c.member_level, CASE WHEN a.customer_id IS NULL THEN 'none' ELSE 'unknown' END
        ) AS level,
        CASE WHEN c.first_day IS NOT NULL THEN 1 ELSE 0 END AS bought,
        CASE WHEN c.last_day > d.year_start THEN 1 ELSE 0 END AS active,
        CASE WHEN a.customer_id IS NOT NULL THEN 1 ELSE 0 END AS account,
        CASE WHEN a.balance IS NOT NULL THEN 1 ELSE 0 END AS checked,
        CASE WHEN a.balance <> a.closing THEN 1 ELSE 0 END AS mismatched,
        CASE WHEN a.balance <> a.closing THEN a.balance - a.closing ELSE 0 END AS gap,
        COALESCE(a.closing, 0) AS points, COALESCE(c.annual_revenue, 0) AS revenue
    FROM customer_cells AS c
    FULL JOIN points_accounts AS a ON a.customer_id = c.customer_id
    CROSS JOIN programme_day AS d
    WHERE c.customer_key > 0 OR c.customer_key IS NULL
),
placed AS (
    SELECT
        a.cell_one, a.cell_two, a.level, COUNT(*) AS members, SUM(a.bought) AS bought,
        SUM(a.active) AS active, SUM(a.account) AS accounts, SUM(a.checked) AS checked,
        SUM(a.mismatched) AS mismatched, SUM(a.gap) AS gap, SUM(a.points) AS points,
        SUM(a.revenue) AS revenue
    FROM accounts AS a
    GROUP BY a.cell_one, a.cell_two, a.level
),
cubed AS (
    SELECT
        'coarse' AS cube, p.cell_one AS cell, p.level, p.members, p.bought, p.active,
        p.accounts, p.checked, p.mismatched, p.gap, p.points, p.revenue
    FROM placed AS p
    UNION ALL
    SELECT
        'store' AS cube, p.cell_two AS cell, p.level, p.members, p.bought, p.active,
        p.accounts, p.checked, p.mismatched, p.gap, p.points, p.revenue
    FROM placed AS p
)
SELECT
    t.cube, COALESCE(c.store, 'unknown') AS store,
    COALESCE(c.region, 'unknown') AS region,
    COALESCE(c.customer_type, 'unknown') AS customer_type,
    COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
    COALESCE(c.tier, 'unknown') AS tier, t.level,
    CAST(SUM(t.members) AS BIGINT) AS members, CAST(SUM(t.bought) AS BIGINT) AS bought,
    CAST(SUM(t.active) AS BIGINT) AS active, CAST(SUM(t.accounts) AS BIGINT) AS accounts,
    CAST(SUM(t.checked) AS BIGINT) AS checked,
    CAST(SUM(t.mismatched) AS BIGINT) AS mismatched, CAST(SUM(t.gap) AS BIGINT) AS gap,
    CAST(SUM(t.points) AS BIGINT) AS points,
    CAST(SUM(t.revenue) AS DECIMAL(38, 4)) AS revenue
FROM cubed AS t
LEFT JOIN cells AS c ON c.cell = t.cell
GROUP BY
    t.cube, COALESCE(c.store, 'unknown'), COALESCE(c.region, 'unknown'),
    COALESCE(c.customer_type, 'unknown'), COALESCE(c.acquisition_channel, 'unknown'),
    COALESCE(c.tier, 'unknown'), t.level
