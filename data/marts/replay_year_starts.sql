-- One row per as-of date and customer with purchases before the trailing year: the
-- purchase days and the net revenue up to its start, out of the rows of a replay.
SELECT
    i.place, i.customer_key, i.days_before AS days,
    CAST(
        CAST(i.revenue_before AS DECIMAL(19, 0)) * CAST(0.0001 AS DECIMAL(4, 4))
        AS DECIMAL(18, 4)
    ) AS revenue
FROM replayed AS i
WHERE i.revenue_before <> 0 OR i.days_before <> 0
