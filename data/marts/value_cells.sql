-- One row per cube, as-of date and cell: sums of customer value over its customers.
SELECT
    c.cube, v.as_of, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    v.customers, v.historic, v.forecast, v.expected_purchases, v.variance,
    v.gradient_1, v.gradient_2, v.gradient_3, v.gradient_4,
    v.cost, v.cost_ahead, CAST(v.negative AS BIGINT) AS negative, v.loss
FROM value_sums AS v
INNER JOIN cells AS c ON c.cell = v.cell
