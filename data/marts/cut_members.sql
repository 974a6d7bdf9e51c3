-- One row per as-of date, customer and cut with purchases: the totals of the cut, the
-- customer's first purchase ever and its cells.
SELECT
    s.place, s.customer_key, s.cut, s.day, s.orders, s.revenue, s.margin,
    m.first_day AS ever_since,
    CASE WHEN m.first_day IS NOT NULL THEN s.last_day END AS last_day,
    CASE WHEN m.first_day IS NOT NULL THEN s.prior_day END AS prior_day,
    m.cell_one, m.cell_two
FROM cut_standings AS s
INNER JOIN members AS m ON m.place = s.place AND m.customer_key = s.customer_key
