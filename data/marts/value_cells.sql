-- One row per cube, as-of date and cell: sums of customer value over its customers.
-- Decimals make the sums the same in any order.
SELECT
    k.cube, k.as_of, k.store, k.region, k.customer_type, k.acquisition_channel, k.tier,
    CAST(COUNT(*) AS BIGINT) AS customers,
    CAST(SUM(CAST(v.historic AS DECIMAL(38, 8))) AS DOUBLE) AS historic,
    CAST(SUM(CAST(v.forecast AS DECIMAL(38, 8))) AS DOUBLE) AS forecast,
    CAST(SUM(CAST(v.expected_purchases AS DECIMAL(38, 8))) AS DOUBLE) AS expected_purchases,
    CAST(SUM(CAST(v.variance AS DECIMAL(38, 8))) AS DOUBLE) AS variance,
    CAST(SUM(CAST(v.gradient_1 AS DECIMAL(38, 8))) AS DOUBLE) AS gradient_1,
    CAST(SUM(CAST(v.gradient_2 AS DECIMAL(38, 8))) AS DOUBLE) AS gradient_2,
    CAST(SUM(CAST(v.gradient_3 AS DECIMAL(38, 8))) AS DOUBLE) AS gradient_3,
    CAST(SUM(CAST(v.gradient_4 AS DECIMAL(38, 8))) AS DOUBLE) AS gradient_4
FROM customer_values AS v
INNER JOIN named_keys AS k ON k.as_of = v.as_of AND k.customer_id = v.customer_id
GROUP BY
    k.cube, k.as_of, k.store, k.region, k.customer_type, k.acquisition_channel, k.tier
