-- One row per campaign, customer and arm with a purchase up to the end of its window:
-- what was bought before it was assigned, and within the window. The year before is the
-- covariate. Money in cents, as known on the snapshot's last day.
WITH bought AS (
    SELECT
        s.campaign_id, s.customer_id, s.arm, s.assigned_on, o.day, o.days, o.revenue,
        o.margin, CASE WHEN o.day > s.assigned_on THEN 1 ELSE 0 END AS inside
    FROM campaign_starts AS s
    CROSS JOIN campaign_last_day AS l
    INNER JOIN occasions AS o ON o.customer_key = s.customer_key
    WHERE o.day <= s.due_on AND o.day <> s.assigned_on
        AND o.valid_from <= l.as_of AND o.valid_to > l.as_of
)
SELECT
    b.campaign_id, b.customer_id, b.arm,
    CAST(SUM(b.inside * b.days) AS INTEGER) AS days,
    CAST(ROUND(SUM(b.inside * b.revenue) * 100, 0) AS DECIMAL(18, 0)) AS revenue,
    CAST(ROUND(SUM(b.inside * b.margin) * 100, 0) AS DECIMAL(18, 0)) AS margin,
    CAST(SUM((1 - b.inside) * b.days) AS INTEGER) AS days_before,
    CAST(
        ROUND(
            SUM(
                CASE
                    WHEN b.day < b.assigned_on AND b.day >= b.assigned_on - 365
                        THEN b.revenue
                    ELSE 0
                END
            ) * 100, 0
        ) AS DECIMAL(18, 0)
    ) AS year_before,
    MAX(CASE WHEN b.inside = 0 AND b.days > 0 THEN b.day END) AS last_before
FROM bought AS b
GROUP BY b.campaign_id, b.customer_id, b.arm
