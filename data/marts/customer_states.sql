-- One row per as-of date and customer: purchase days so far, annual spend, and the codes
-- of its attributes.
WITH latest AS (
    SELECT
        d.as_of, d.annual_after, t.customer_key, t.cut, t.starts_on, t.first_day,
        t.second_day, t.last_day, t.revenue
    FROM purchase_totals AS t
    INNER JOIN as_of_dates AS d ON t.day <= d.as_of AND t.next_day > d.as_of
    WHERE t.starts_on <= d.as_of AND t.ends_on > d.as_of
),
bought AS (
    SELECT
        n.as_of, n.customer_key, n.first_day, n.second_day, n.last_day,
        n.revenue - COALESCE(b.revenue, 0) AS spend
    FROM latest AS n
    INNER JOIN profiles AS p ON p.customer_key = n.customer_key
    LEFT JOIN purchase_totals AS b
        ON b.customer_key = n.customer_key AND b.cut = n.cut
        AND b.starts_on = n.starts_on
        AND b.day <= n.annual_after AND b.next_day > n.annual_after
    WHERE p.customer_id <> ''
),
tiers AS (
    SELECT
        a.as_of, n.code, a.last_day_after, a.last_day_max, a.annual_spend_min,
        a.annual_spend_below
    FROM tier_areas AS a
    INNER JOIN names AS n ON n.name = a.tier
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
),
homes AS (
    SELECT v.as_of, v.customer_key, store.code AS store, region.code AS region
    FROM visits AS v
    INNER JOIN names AS store ON store.name = v.store_id
    LEFT JOIN store_regions AS t ON t.store_id = v.store_id
    LEFT JOIN names AS region ON region.name = t.region
    WHERE v.place = 1
),
declared AS (
    SELECT
        p.customer_key, store.code AS store, region.code AS region,
        kind.code AS customer_type, channel.code AS acquisition_channel,
        unknown.code AS unknown
    FROM profiles AS p
    LEFT JOIN store_regions AS t ON t.store_id = p.declared_store
    LEFT JOIN names AS store ON store.name = p.declared_store
    INNER JOIN names AS region
        ON region.name = COALESCE(t.region, p.declared_region, 'unknown')
    INNER JOIN names AS kind ON kind.name = p.customer_type
    INNER JOIN names AS channel ON channel.name = p.acquisition_channel
    INNER JOIN names AS unknown ON unknown.name = 'unknown'
)
SELECT
    d.as_of, p.customer_key, s.first_day, s.second_day, s.last_day,
    CAST(s.spend AS DECIMAL(38, 4)) AS annual_spend,
    COALESCE(p.store, h.store, p.unknown) AS store,
    COALESCE(h.region, p.region) AS region,
    p.customer_type, p.acquisition_channel, COALESCE(t.code, p.unknown) AS tier
FROM as_of_dates AS d
CROSS JOIN declared AS p
LEFT JOIN bought AS s ON s.as_of = d.as_of AND s.customer_key = p.customer_key
LEFT JOIN homes AS h ON h.as_of = d.as_of AND h.customer_key = p.customer_key
LEFT JOIN tiers AS t
    ON t.as_of = d.as_of AND t.last_day_after < s.last_day
    AND t.last_day_max >= s.last_day AND t.annual_spend_min <= s.spend
    AND t.annual_spend_below > s.spend
