-- One row per campaign, arm and cell of customers (tier when assigned, region, type,
-- channel): members by stage, and sums over those whose window has passed: their outcomes
-- y, squares yy, and products xy with x, the revenue of the year before. Who stands in
-- two arms is counted apart and in no sum. Money in cents.
WITH told AS (
    SELECT
        e.campaign_id, e.arm, e.region, e.customer_type, e.acquisition_channel, e.tier,
        e.assigned_on, e.due_on, e.contaminated,
        1 - e.contaminated AS clean,
        CASE WHEN e.reached_on IS NULL THEN 0 ELSE 1 - e.contaminated END AS reached,
        CASE WHEN e.opened_on IS NULL THEN 0 ELSE 1 - e.contaminated END AS opened,
        CASE WHEN e.clicked_on IS NULL THEN 0 ELSE 1 - e.contaminated END AS clicked,
        CASE WHEN e.redeemed_on IS NULL THEN 0 ELSE 1 - e.contaminated END AS redeemed,
        e.mature * (1 - e.contaminated) AS n,
        e.mature * (1 - e.contaminated) * e.dormant AS dormant,
        CASE WHEN e.nps IS NULL THEN 0 ELSE e.mature * (1 - e.contaminated) END
            AS answered,
        e.bought, e.bought_again, e.redeemed AS used, e.touched, COALESCE(e.nps, 0) AS nps,
        e.revenue, e.margin, e.year_before AS x
    FROM campaign_entries AS e
)
SELECT
    t.campaign_id, t.arm, t.region, t.customer_type, t.acquisition_channel, t.tier,
    MIN(t.assigned_on) AS first_on, MAX(t.assigned_on) AS last_on,
    MAX(t.due_on) AS due_on,
    CAST(SUM(t.clean) AS BIGINT) AS members,
    CAST(SUM(t.contaminated) AS BIGINT) AS contaminated,
    CAST(SUM(t.reached) AS BIGINT) AS reached,
    CAST(SUM(t.opened) AS BIGINT) AS opened,
    CAST(SUM(t.clicked) AS BIGINT) AS clicked,
    CAST(SUM(t.redeemed) AS BIGINT) AS redeemed,
    CAST(SUM(t.n) AS BIGINT) AS n,
    CAST(SUM(t.n * t.x) AS DECIMAL(38, 0)) AS x,
    CAST(SUM(t.n * t.x * t.x) AS DECIMAL(38, 0)) AS xx,
    CAST(SUM(t.n * t.bought) AS DECIMAL(38, 0)) AS conversion_y,
    CAST(SUM(t.n * t.bought * t.x) AS DECIMAL(38, 0)) AS conversion_xy,
    CAST(SUM(t.n * t.bought_again) AS DECIMAL(38, 0)) AS repurchase_y,
    CAST(SUM(t.n * t.bought_again * t.x) AS DECIMAL(38, 0)) AS repurchase_xy,
    CAST(SUM(t.n * t.used) AS DECIMAL(38, 0)) AS redemption_y,
    CAST(SUM(t.n * t.used * t.x) AS DECIMAL(38, 0)) AS redemption_xy,
    CAST(SUM(t.n * t.touched) AS DECIMAL(38, 0)) AS interaction_y,
    CAST(SUM(t.n * t.touched * t.x) AS DECIMAL(38, 0)) AS interaction_xy,
    CAST(SUM(t.n * t.revenue) AS DECIMAL(38, 0)) AS revenue_y,
    CAST(SUM(t.n * t.revenue * t.revenue) AS DECIMAL(38, 0)) AS revenue_yy,
    CAST(SUM(t.n * t.revenue * t.x) AS DECIMAL(38, 0)) AS revenue_xy,
    CAST(SUM(t.n * t.margin) AS DECIMAL(38, 0)) AS margin_y,
    CAST(SUM(t.n * t.margin * t.margin) AS DECIMAL(38, 0)) AS margin_yy,
    CAST(SUM(t.n * t.margin * t.x) AS DECIMAL(38, 0)) AS margin_xy,
    CAST(SUM(t.dormant) AS BIGINT) AS wake_up_n,
    CAST(SUM(t.dormant * t.bought) AS DECIMAL(38, 0)) AS wake_up_y,
    CAST(SUM(t.answered) AS BIGINT) AS nps_n,
    CAST(SUM(t.answered * t.x) AS DECIMAL(38, 0)) AS nps_x,
    CAST(SUM(t.answered * t.x * t.x) AS DECIMAL(38, 0)) AS nps_xx,
    CAST(SUM(t.answered * t.nps) AS DECIMAL(38, 0)) AS nps_y,
    CAST(SUM(t.answered * t.nps * t.nps) AS DECIMAL(38, 0)) AS nps_yy,
    CAST(SUM(t.answered * t.nps * t.x) AS DECIMAL(38, 0)) AS nps_xy
FROM told AS t
GROUP BY
    t.campaign_id, t.arm, t.region, t.customer_type, t.acquisition_channel, t.tier
