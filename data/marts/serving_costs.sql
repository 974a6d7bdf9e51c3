-- One row per customer and day on which serving it cost something: tickets on the day
-- they were opened, contacts, customers reached by a campaign; and where campaigns are
-- shared out, on a campaign's last day its cost per customer reached by then.
WITH found AS (
    SELECT t.customer_id, t.opened_on AS day, r.cost
    FROM tickets AS t
    INNER JOIN serving_rates AS r ON r.kind = 'ticket'
    UNION ALL
    SELECT c.customer_id, c.contacted_on AS day, r.cost
    FROM contacts AS c
    INNER JOIN serving_rates AS r ON r.kind = c.kind
    UNION ALL
    SELECT m.customer_id, m.reached_on AS day, r.cost
    FROM campaign_members AS m
    INNER JOIN serving_rates AS r ON r.kind = 'campaign_contact'
    WHERE m.reached_on IS NOT NULL
    UNION ALL
    SELECT m.customer_id, s.ends_on AS day, MAX(s.share) AS cost
    FROM campaign_members AS m
    INNER JOIN campaign_shares AS s ON s.campaign_id = m.campaign_id
    WHERE m.reached_on <= s.ends_on
    GROUP BY m.campaign_id, m.customer_id, s.ends_on
)
SELECT p.customer_key, f.day, CAST(SUM(f.cost) AS DECIMAL(18, 4)) AS cost
FROM found AS f
INNER JOIN profiles AS p ON p.customer_id = f.customer_id
GROUP BY p.customer_key, f.day
