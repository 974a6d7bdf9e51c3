-- One row per as-of date and customer with purchases: its totals and its cells, out of
-- the rows of a replay, in which money is in whole ten-thousandths.
SELECT
    i.place, i.customer_key, n.code AS cut, i.day, i.days, i.orders,
    CAST(
        CAST(i.revenue AS DECIMAL(19, 0)) * CAST(0.0001 AS DECIMAL(4, 4))
        AS DECIMAL(18, 4)
    ) AS revenue,
    CAST(
        CAST(i.margin AS DECIMAL(19, 0)) * CAST(0.0001 AS DECIMAL(4, 4))
        AS DECIMAL(18, 4)
    ) AS margin,
    CAST(
        CAST(i.repeat_revenue AS DECIMAL(19, 0)) * CAST(0.0001 AS DECIMAL(4, 4))
        AS DECIMAL(18, 4)
    ) AS repeat_revenue,
    i.first_day, i.second_day, i.last_day, i.prior_day, i.cell_one, i.cell_two
FROM replayed AS i
INNER JOIN names AS n ON n.name = '*'
