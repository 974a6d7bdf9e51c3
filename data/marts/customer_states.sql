-- One row per as-of date and customer: purchase days so far, annual spend, attributes.
WITH valid AS (
    SELECT d.as_of, d.annual_after, p.customer_id, p.day, p.days, p.revenue
    FROM as_of_dates AS d
    CROSS JOIN occasions AS p
    WHERE
        p.customer_id <> '' AND p.day <= d.as_of
        AND p.valid_from <= d.as_of AND p.valid_to > d.as_of
),
spans AS (
    SELECT
        v.as_of, v.customer_id,
        MIN(CASE WHEN v.days > 0 THEN v.day END) AS first_day,
        MAX(CASE WHEN v.days > 0 THEN v.day END) AS last_day,
        CAST(
            SUM(CASE WHEN v.day > v.annual_after THEN v.revenue ELSE 0 END)
            AS DECIMAL(38, 4)
        ) AS annual_spend
    FROM valid AS v
    GROUP BY v.as_of, v.customer_id
),
seconds AS (
    SELECT v.as_of, v.customer_id, MIN(v.day) AS second_day
    FROM valid AS v
    INNER JOIN spans AS s
        ON s.as_of = v.as_of AND s.customer_id = v.customer_id
    WHERE v.day > s.first_day AND v.days > 0
    GROUP BY v.as_of, v.customer_id
),
ruled AS (
    SELECT s.as_of, s.customer_id, MIN(l.position) AS position
    FROM spans AS s
    INNER JOIN tier_limits AS l ON l.as_of = s.as_of
    WHERE s.last_day <= l.last_day_max AND s.annual_spend >= l.annual_spend_min
    GROUP BY s.as_of, s.customer_id
),
visits AS (
    SELECT
        d.as_of, u.customer_id, u.store_id,
        ROW_NUMBER() OVER (
            PARTITION BY d.as_of, u.customer_id
            ORDER BY SUM(u.orders) DESC, MAX(u.day) DESC, u.store_id
        ) AS place
    FROM as_of_dates AS d
    CROSS JOIN purchases AS u
    INNER JOIN profiles AS p ON p.customer_id = u.customer_id
    WHERE
        u.store_id IS NOT NULL AND u.orders > 0 AND p.declared_store IS NULL
        AND u.day <= d.as_of AND u.valid_from <= d.as_of AND u.valid_to > d.as_of
    GROUP BY d.as_of, u.customer_id, u.store_id
)
SELECT
    d.as_of, p.customer_id, s.first_day, n.second_day, s.last_day, s.annual_spend,
    COALESCE(p.declared_store, h.store_id, 'unknown') AS store,
    COALESCE(t.region, p.declared_region, 'unknown') AS region,
    p.customer_type, p.acquisition_channel,
    COALESCE(l.tier, 'unknown') AS tier
FROM as_of_dates AS d
CROSS JOIN profiles AS p
LEFT JOIN spans AS s ON s.as_of = d.as_of AND s.customer_id = p.customer_id
LEFT JOIN seconds AS n ON n.as_of = d.as_of AND n.customer_id = p.customer_id
LEFT JOIN ruled AS r ON r.as_of = d.as_of AND r.customer_id = p.customer_id
LEFT JOIN tier_limits AS l ON l.as_of = d.as_of AND l.position = r.position
LEFT JOIN visits AS h
    ON h.as_of = d.as_of AND h.customer_id = p.customer_id AND h.place = 1
LEFT JOIN store_regions AS t ON t.store_id = COALESCE(p.declared_store, h.store_id)
