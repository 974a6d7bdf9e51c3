-- One row per customer, kind of contact and period that owes it, by the tier that the
-- customer held at the last month end before: how many are due, how many were made in
-- it for a visit or without a purpose, and the last of these.
WITH made AS (
    SELECT
        p.customer_key, c.kind, d.starts_on, d.ends_on, COUNT(*) AS done,
        MAX(c.contacted_on) AS last_on
    FROM contacts AS c
    INNER JOIN profiles AS p ON p.customer_id = c.customer_id
    INNER JOIN (
        SELECT DISTINCT q.kind, q.starts_on, q.ends_on FROM visit_periods AS q
    ) AS d
        ON d.kind = c.kind AND d.starts_on <= c.contacted_on
        AND d.ends_on >= c.contacted_on
    CROSS JOIN visit_last_day AS l
    WHERE COALESCE(c.purpose, 'visit') = 'visit' AND c.contacted_on <= l.as_of
    GROUP BY p.customer_key, c.kind, d.starts_on, d.ends_on
)
SELECT
    s.customer_key, v.tier, v.kind, v.starts_on, v.ends_on, v.due,
    CAST(COALESCE(m.done, 0) AS INTEGER) AS done, m.last_on
FROM visit_periods AS v
INNER JOIN tier_stays AS s
    ON s.rule = v.rule AND s.from_on <= v.before_on AND s.until_on > v.before_on
LEFT JOIN made AS m
    ON m.customer_key = s.customer_key AND m.kind = v.kind
    AND m.starts_on = v.starts_on AND m.ends_on = v.ends_on
