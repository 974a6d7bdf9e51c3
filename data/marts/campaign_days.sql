-- One row per campaign, arm and day: members assigned, reached, opening, clicking and
-- redeeming that day; buyers and sales in cents within the members' windows; and of those
-- whose window ended that day, the sums of their primary outcome. Without those in two
-- arms.
WITH clean AS (
    SELECT
        e.campaign_id, e.arm, e.assigned_on, e.reached_on, e.opened_on, e.clicked_on,
        e.redeemed_on, e.due_on, e.mature, e.year_before AS x,
        CASE
            WHEN p.outcome = 'wake_up' THEN e.dormant
            WHEN p.outcome = 'nps' AND e.nps IS NULL THEN 0
            ELSE 1
        END AS n,
        CASE
            WHEN p.outcome IN ('conversion', 'wake_up') THEN e.bought
            WHEN p.outcome = 'repurchase' THEN e.bought_again
            WHEN p.outcome = 'redemption' THEN e.redeemed
            WHEN p.outcome = 'nps' THEN e.nps
            WHEN p.outcome = 'revenue' THEN e.revenue
            WHEN p.outcome = 'margin' THEN e.margin
            ELSE e.touched
        END AS y
    FROM campaign_entries AS e
    INNER JOIN campaign_plans AS p ON p.campaign_id = e.campaign_id
    WHERE e.contaminated = 0
),
happened AS (
    SELECT
        c.campaign_id, c.arm, c.assigned_on AS day, 1 AS assigned, 0 AS reached,
        0 AS opened, 0 AS clicked, 0 AS redeemed, 0 AS buyers, 0 AS revenue, 0 AS n,
        0 AS y, 0 AS yy, 0 AS x, 0 AS xx, 0 AS xy
    FROM clean AS c
    UNION ALL
    SELECT c.campaign_id, c.arm, c.reached_on, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM clean AS c
    UNION ALL
    SELECT c.campaign_id, c.arm, c.opened_on, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM clean AS c
    UNION ALL
    SELECT c.campaign_id, c.arm, c.clicked_on, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM clean AS c
    UNION ALL
    SELECT c.campaign_id, c.arm, c.redeemed_on, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
    FROM clean AS c
    UNION ALL
    SELECT
        s.campaign_id, s.arm, o.day, 0, 0, 0, 0, 0, o.days,
        CAST(ROUND(o.revenue * 100, 0) AS DECIMAL(18, 0)), 0, 0, 0, 0, 0, 0
    FROM campaign_starts AS s
    CROSS JOIN campaign_last_day AS l
    INNER JOIN occasions AS o ON o.customer_key = s.customer_key
    WHERE s.contaminated = 0 AND o.day > s.assigned_on AND o.day <= s.due_on
        AND o.valid_from <= l.as_of AND o.valid_to > l.as_of
    UNION ALL
    SELECT
        c.campaign_id, c.arm, c.due_on, 0, 0, 0, 0, 0, 0, 0, 1, c.y, c.y * c.y, c.x,
        c.x * c.x, c.x * c.y
    FROM clean AS c
    WHERE c.mature = 1 AND c.n = 1
)
SELECT
    h.campaign_id, h.arm, h.day,
    CAST(SUM(h.assigned) AS BIGINT) AS assigned,
    CAST(SUM(h.reached) AS BIGINT) AS reached,
    CAST(SUM(h.opened) AS BIGINT) AS opened,
    CAST(SUM(h.clicked) AS BIGINT) AS clicked,
    CAST(SUM(h.redeemed) AS BIGINT) AS redeemed,
    CAST(SUM(h.buyers) AS BIGINT) AS buyers,
    CAST(SUM(h.revenue) AS DECIMAL(38, 0)) AS revenue,
    CAST(SUM(h.n) AS BIGINT) AS n,
    CAST(SUM(h.y) AS DECIMAL(38, 0)) AS y,
    CAST(SUM(h.yy) AS DECIMAL(38, 0)) AS yy,
    CAST(SUM(h.x) AS DECIMAL(38, 0)) AS x,
    CAST(SUM(h.xx) AS DECIMAL(38, 0)) AS xx,
    CAST(SUM(h.xy) AS DECIMAL(38, 0)) AS xy
FROM happened AS h
WHERE h.day IS NOT NULL
GROUP BY h.campaign_id, h.arm, h.day
