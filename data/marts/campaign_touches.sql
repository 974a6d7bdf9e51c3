-- One row per campaign, customer and arm with an interaction within its window of the
-- kind that is the campaign's outcome.
SELECT DISTINCT s.campaign_id, s.customer_id, s.arm
FROM campaign_starts AS s
CROSS JOIN campaign_last_day AS l
INNER JOIN interactions AS i ON i.customer_id = s.customer_id
    AND i.kind = s.stated_outcome
WHERE i.occurred_on > s.assigned_on AND i.occurred_on <= s.due_on
    AND i.occurred_on <= l.as_of
