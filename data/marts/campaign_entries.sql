-- One row per campaign, customer and arm: what the customer was when assigned, and what
-- came of it within the window: purchase days, money in cents, answers, touches.
-- `tier` held at the last month end before; `dormant` bought, but not in the year before.
SELECT
    s.campaign_id, s.customer_id, s.arm, s.assigned_on, s.due_on, s.reached_on,
    s.opened_on, s.clicked_on, s.redeemed_on, s.contaminated,
    CASE WHEN s.due_on <= l.as_of THEN 1 ELSE 0 END AS mature,
    COALESCE(r.tier, 'unknown') AS tier,
    COALESCE(c.store, 'unknown') AS store,
    COALESCE(c.region, 'unknown') AS region,
    COALESCE(c.customer_type, 'unknown') AS customer_type,
    COALESCE(c.acquisition_channel, 'unknown') AS acquisition_channel,
    CASE WHEN b.days > 0 THEN 1 ELSE 0 END AS bought,
    CASE
        WHEN b.days > 1 OR b.days > 0 AND b.days_before > 0 THEN 1 ELSE 0
    END AS bought_again,
    CASE
        WHEN s.redeemed_on >= s.assigned_on AND s.redeemed_on <= s.due_on THEN 1 ELSE 0
    END AS redeemed,
    CASE WHEN t.customer_id IS NOT NULL THEN 1 ELSE 0 END AS touched,
    CASE WHEN b.last_before < s.assigned_on - 365 THEN 1 ELSE 0 END AS dormant,
    CASE WHEN a.score >= 9 THEN 100 WHEN a.score <= 6 THEN -100 WHEN a.score > 6 THEN 0 END AS nps,
    COALESCE(b.revenue, CAST(0 AS DECIMAL(18, 0))) AS revenue,
    COALESCE(b.margin, CAST(0 AS DECIMAL(18, 0))) AS margin,
    COALESCE(b.year_before, CAST(0 AS DECIMAL(18, 0))) AS year_before
FROM campaign_starts AS s
CROSS JOIN campaign_last_day AS l
LEFT JOIN campaign_spending AS b
    ON b.campaign_id = s.campaign_id AND b.customer_id = s.customer_id AND b.arm = s.arm
LEFT JOIN campaign_scores AS a
    ON a.campaign_id = s.campaign_id AND a.customer_id = s.customer_id AND a.arm = s.arm
LEFT JOIN campaign_touches AS t
    ON t.campaign_id = s.campaign_id AND t.customer_id = s.customer_id AND t.arm = s.arm
LEFT JOIN current_customers AS c ON c.customer_key = s.customer_key
LEFT JOIN (
    SELECT y.customer_key, y.from_on, y.until_on, k.tier
    FROM tier_stays AS y
    INNER JOIN tier_rules AS k ON k.rule = y.rule
    WHERE k.scheme = 'spend'
) AS r
    ON r.customer_key = s.customer_key AND r.from_on < s.assigned_on
    AND r.until_on >= s.assigned_on
