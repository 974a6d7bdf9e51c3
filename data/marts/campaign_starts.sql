-- One row per campaign, customer and arm, as assigned by the snapshot's last day: the
-- window of its outcome, from the day after to due_on; and whether the customer stands
-- in another arm too.
SELECT
    m.campaign_id, m.customer_id, m.arm, p.customer_key, m.assigned_on,
    m.assigned_on + c.outcome_days AS due_on,
    m.reached_on, m.opened_on, m.clicked_on, m.redeemed_on,
    c.stated_outcome,
    CASE WHEN a.arms > 1 THEN 1 ELSE 0 END AS contaminated
FROM campaign_members AS m
CROSS JOIN campaign_last_day AS l
INNER JOIN campaign_plans AS c ON c.campaign_id = m.campaign_id
INNER JOIN (
    SELECT n.campaign_id, n.customer_id, COUNT(*) AS arms
    FROM campaign_members AS n
    GROUP BY n.campaign_id, n.customer_id
) AS a ON a.campaign_id = m.campaign_id AND a.customer_id = m.customer_id
LEFT JOIN profiles AS p ON p.customer_id = m.customer_id
WHERE m.assigned_on <= l.as_of
