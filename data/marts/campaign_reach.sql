-- One row per campaign with a cost: its last day, and the customers reached by then.
SELECT
    g.campaign_id, g.ends_on, g.cost,
    CAST(COUNT(DISTINCT m.customer_id) AS BIGINT) AS customers
FROM campaigns AS g
INNER JOIN campaign_members AS m ON m.campaign_id = g.campaign_id
WHERE m.reached_on <= g.ends_on AND g.cost IS NOT NULL
GROUP BY g.campaign_id, g.ends_on, g.cost
