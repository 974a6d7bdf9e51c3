-- One row per as-of date and customer: purchase days so far, annual spend, and the codes
-- of its attributes.
WITH valid AS (
    SELECT d.as_of, d.annual_after, o.customer_key, o.day, o.days, o.revenue
    FROM as_of_dates AS d
    CROSS JOIN occasions AS o
    WHERE
        o.day <= d.as_of AND o.valid_from <= d.as_of AND o.valid_to > d.as_of
),
spans AS (
    SELECT
        v.as_of, v.customer_key,
        MIN(CASE WHEN v.days > 0 THEN v.day END) AS first_day,
        MAX(CASE WHEN v.days > 0 THEN v.day END) AS last_day,
        SUM(CASE WHEN v.day > v.annual_after THEN v.revenue ELSE 0 END) AS spend
    FROM valid AS v
    INNER JOIN profiles AS p ON p.customer_key = v.customer_key
    WHERE p.customer_id <> ''
    GROUP BY v.as_of, v.customer_key
),
seconds AS (
    SELECT v.as_of, v.customer_key, MIN(v.day) AS second_day
    FROM valid AS v
    INNER JOIN spans AS s
        ON s.as_of = v.as_of AND s.customer_key = v.customer_key
    WHERE v.day > s.first_day AND v.days > 0
    GROUP BY v.as_of, v.customer_key
),
ruled AS (
    SELECT s.as_of, s.customer_key, MIN(l.position) AS position
    FROM spans AS s
    INNER JOIN tier_limits AS l ON l.as_of = s.as_of
    WHERE s.last_day <= l.last_day_max AND s.spend >= l.annual_spend_min
    GROUP BY s.as_of, s.customer_key
),
visits AS (
    SELECT
        d.as_of, p.customer_key, u.store_id,
        ROW_NUMBER() OVER (
            PARTITION BY d.as_of, p.customer_key
            ORDER BY SUM(u.orders) DESC, MAX(u.day) DESC, u.store_id
        ) AS place
    FROM as_of_dates AS d
    CROSS JOIN purchases AS u
    INNER JOIN profiles AS p ON p.customer_id = u.customer_id
    WHERE
        u.store_id IS NOT NULL AND u.orders > 0 AND p.declared_store IS NULL
        AND p.customer_id <> ''
        AND u.day <= d.as_of AND u.valid_from <= d.as_of AND u.valid_to > d.as_of
    GROUP BY d.as_of, p.customer_key, u.store_id
)
SELECT
    d.as_of, p.customer_key, s.first_day, n.second_day, s.last_day,
    CAST(s.spend AS DECIMAL(38, 4)) AS annual_spend,
    store.code AS store, region.code AS region, kind.code AS customer_type,
    channel.code AS acquisition_channel, tier.code AS tier
FROM as_of_dates AS d
CROSS JOIN profiles AS p
LEFT JOIN spans AS s ON s.as_of = d.as_of AND s.customer_key = p.customer_key
LEFT JOIN seconds AS n ON n.as_of = d.as_of AND n.customer_key = p.customer_key
LEFT JOIN ruled AS r ON r.as_of = d.as_of AND r.customer_key = p.customer_key
LEFT JOIN tier_limits AS l ON l.as_of = d.as_of AND l.position = r.position
LEFT JOIN visits AS h
    ON h.as_of = d.as_of AND h.customer_key = p.customer_key AND h.place = 1
LEFT JOIN store_regions AS t ON t.store_id = COALESCE(p.declared_store, h.store_id)
INNER JOIN names AS store
    ON store.name = COALESCE(p.declared_store, h.store_id, 'unknown')
INNER JOIN names AS region
    ON region.name = COALESCE(t.region, p.declared_region, 'unknown')
INNER JOIN names AS kind ON kind.name = p.customer_type
INNER JOIN names AS channel ON channel.name = p.acquisition_channel
INNER JOIN names AS tier ON tier.name = COALESCE(l.tier, 'unknown')
