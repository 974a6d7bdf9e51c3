-- One row per as-of date and customer with a purchase: its cells, its days since the
-- first and the last purchase, and purchase days and net revenue of the trailing year.
SELECT
    d.as_of, m.customer_key, m.cell_one, m.cell_two,
    d.as_of - m.last_day AS days_since_last,
    d.as_of - m.first_day AS days_since_first,
    CASE WHEN m.day > d.annual_after THEN m.days - COALESCE(b.days, 0) ELSE 0 END
        AS purchase_days,
    CAST(
        CASE WHEN m.day > d.annual_after THEN m.revenue - COALESCE(b.revenue, 0) ELSE 0 END
        AS DOUBLE
    ) AS annual_spend
FROM members AS m
INNER JOIN as_of_dates AS d ON d.place = m.place
LEFT JOIN year_starts AS b ON b.place = m.place AND b.customer_key = m.customer_key
WHERE m.first_day IS NOT NULL
