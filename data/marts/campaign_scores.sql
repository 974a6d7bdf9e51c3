-- One row per campaign, customer and arm with an answer within its window: the score of
-- the newest day, the lowest where there are several.
WITH given AS (
    SELECT s.campaign_id, s.customer_id, s.arm, a.known_on, a.score
    FROM campaign_starts AS s
    CROSS JOIN campaign_last_day AS l
    INNER JOIN answers AS a ON a.customer_id = s.customer_id
    WHERE a.known_on > s.assigned_on AND a.known_on <= s.due_on
        AND a.known_on <= l.as_of AND a.score IS NOT NULL
)
SELECT g.campaign_id, g.customer_id, g.arm, MIN(g.score) AS score
FROM given AS g
INNER JOIN (
    SELECT h.campaign_id, h.customer_id, h.arm, MAX(h.known_on) AS newest
    FROM given AS h
    GROUP BY h.campaign_id, h.customer_id, h.arm
) AS n
    ON n.campaign_id = g.campaign_id AND n.customer_id = g.customer_id
    AND n.arm = g.arm AND n.newest = g.known_on
GROUP BY g.campaign_id, g.customer_id, g.arm
