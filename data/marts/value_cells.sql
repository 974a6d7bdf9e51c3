-- One row per cube, as-of date and cell: sums of customer value over its customers.
-- Decimals make the sums the same in any order.
WITH summed AS (
    SELECT
        m.place, m.cell_one, m.cell_two, COUNT(*) AS customers,
        SUM(CAST(v.historic AS DECIMAL(38, 8))) AS historic,
        SUM(CAST(v.forecast AS DECIMAL(38, 8))) AS forecast,
        SUM(CAST(v.expected_purchases AS DECIMAL(38, 8))) AS expected_purchases,
        SUM(CAST(v.variance AS DECIMAL(38, 8))) AS variance,
        SUM(CAST(v.gradient_1 AS DECIMAL(38, 8))) AS gradient_1,
        SUM(CAST(v.gradient_2 AS DECIMAL(38, 8))) AS gradient_2,
        SUM(CAST(v.gradient_3 AS DECIMAL(38, 8))) AS gradient_3,
        SUM(CAST(v.gradient_4 AS DECIMAL(38, 8))) AS gradient_4
    FROM customer_values AS v
    INNER JOIN profiles AS p ON p.customer_id = v.customer_id
    INNER JOIN as_of_dates AS d ON d.as_of = v.as_of
    INNER JOIN members AS m
        ON m.place = d.place AND m.customer_key = p.customer_key
    GROUP BY GROUPING SETS ((m.place, m.cell_one), (m.place, m.cell_two))
)
SELECT
    c.cube, d.as_of, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    CAST(b.customers AS BIGINT) AS customers,
    CAST(b.historic AS DOUBLE) AS historic,
    CAST(b.forecast AS DOUBLE) AS forecast,
    CAST(b.expected_purchases AS DOUBLE) AS expected_purchases,
    CAST(b.variance AS DOUBLE) AS variance,
    CAST(b.gradient_1 AS DOUBLE) AS gradient_1,
    CAST(b.gradient_2 AS DOUBLE) AS gradient_2,
    CAST(b.gradient_3 AS DOUBLE) AS gradient_3,
    CAST(b.gradient_4 AS DOUBLE) AS gradient_4
FROM summed AS b
INNER JOIN as_of_dates AS d ON d.place = b.place
INNER JOIN cells AS c ON c.cell = COALESCE(b.cell_one, b.cell_two)
