-- One row per acquisition channel and calendar month: what was spent.
SELECT s.channel, s.month, s.amount
FROM channel_spend AS s
WHERE s.channel IS NOT NULL
