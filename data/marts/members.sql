-- One row per as-of date and customer with purchases: its totals and its cells, one in
-- each cube. Orders without a customer have no purchase days, as nobody is a buyer.
WITH spending AS (
    SELECT
        s.place, s.customer_key, s.cut, s.day, s.days, s.orders, s.revenue, s.margin,
        s.repeat_revenue, d.as_of,
        CASE WHEN s.customer_key > 0 THEN s.first_day END AS first_day,
        CASE WHEN s.customer_key > 0 THEN s.second_day END AS second_day,
        CASE WHEN s.customer_key > 0 THEN s.last_day END AS last_day,
        CASE WHEN s.customer_key > 0 THEN s.prior_day END AS prior_day,
        CASE
            WHEN s.day > d.annual_after THEN s.revenue - COALESCE(y.revenue, 0) ELSE 0
        END AS annual_spend
    FROM standings AS s
    INNER JOIN as_of_dates AS d ON d.place = s.place
    LEFT JOIN year_starts AS y
        ON y.place = s.place AND y.customer_key = s.customer_key
),
tiers AS (
    SELECT
        a.as_of, t.step_one, t.step_two, a.last_day_after, a.last_day_max,
        a.annual_spend_min, a.annual_spend_below
    FROM tier_areas AS a
    INNER JOIN tier_steps AS t ON t.tier = a.tier
),
housed AS (
    SELECT h.place, h.customer_key, f.one, f.two
    FROM homes AS h
    INNER JOIN first_cells AS f
        ON f.store = h.store AND f.region = h.region
        AND f.customer_type = h.customer_type
        AND f.acquisition_channel = h.acquisition_channel
)
SELECT
    s.place, s.customer_key, s.cut, s.day, s.days, s.orders, s.revenue, s.margin,
    s.repeat_revenue, s.first_day, s.second_day, s.last_day, s.prior_day,
    CAST(COALESCE(h.one, r.one) + COALESCE(t.step_one, u.step_one) AS INTEGER)
        AS cell_one,
    CAST(COALESCE(h.two, r.two) + COALESCE(t.step_two, u.step_two) AS INTEGER)
        AS cell_two
FROM spending AS s
INNER JOIN residents AS r ON r.customer_key = s.customer_key
INNER JOIN tier_steps AS u ON u.tier = 'unknown'
LEFT JOIN tiers AS t
    ON t.as_of = s.as_of AND t.last_day_after < s.last_day
    AND t.last_day_max >= s.last_day AND t.annual_spend_min <= s.annual_spend
    AND t.annual_spend_below > s.annual_spend
LEFT JOIN housed AS h ON h.place = s.place AND h.customer_key = s.customer_key
