-- One row per cube, as-of date and cell: sums of customer value over its customers.
SELECT
    k.cube, k.as_of, k.store, k.region, k.customer_type, k.acquisition_channel, k.tier,
    CAST(COUNT(*) AS BIGINT) AS customers,
    CAST(SUM(v.historic) AS DOUBLE) AS historic,
    CAST(SUM(v.forecast) AS DOUBLE) AS forecast,
    CAST(SUM(v.expected_purchases) AS DOUBLE) AS expected_purchases,
    CAST(SUM(v.variance) AS DOUBLE) AS variance,
    CAST(SUM(v.gradient_1) AS DOUBLE) AS gradient_1,
    CAST(SUM(v.gradient_2) AS DOUBLE) AS gradient_2,
    CAST(SUM(v.gradient_3) AS DOUBLE) AS gradient_3,
    CAST(SUM(v.gradient_4) AS DOUBLE) AS gradient_4
FROM customer_values AS v
INNER JOIN cell_keys AS k ON k.as_of = v.as_of AND k.customer_id = v.customer_id
GROUP BY
    k.cube, k.as_of, k.store, k.region, k.customer_type, k.acquisition_channel, k.tier
