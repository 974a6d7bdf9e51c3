-- One row per campaign: what was planned; without a word, conversion within 30 days. An
-- outcome that is a kind of interaction is measured by interactions of that kind.
SELECT
    c.campaign_id, c.name, c.kind, c.goal, c.theme, c.channel, c.starts_on, c.ends_on,
    c.cost, COALESCE(c.design, 'none') AS design, c.planned_share, c.planned_members,
    c.outcome AS stated_outcome,
    CASE
        WHEN c.outcome IN ('login', 'visit', 'browse', 'cart', 'call', 'other')
            THEN 'interaction'
        WHEN c.outcome IN (
            'revenue', 'margin', 'repurchase', 'redemption', 'wake_up', 'nps'
        ) THEN c.outcome
        ELSE 'conversion'
    END AS outcome,
    CAST(COALESCE(c.outcome_days, 30) AS INTEGER) AS outcome_days, c.target
FROM campaigns AS c
WHERE c.campaign_id IS NOT NULL
