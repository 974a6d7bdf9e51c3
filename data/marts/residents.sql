-- One row per customer: the first cells of its blocks by what is declared of it, and the
-- cells of one without a purchase.
SELECT
    d.customer_key, f.one, f.two,
    CAST(f.one + t.step_one AS INTEGER) AS idle_one,
    CAST(f.two + t.step_two AS INTEGER) AS idle_two
FROM declared AS d
INNER JOIN first_cells AS f
    ON f.store = d.store AND f.region = d.region AND f.customer_type = d.customer_type
    AND f.acquisition_channel = d.acquisition_channel
INNER JOIN tier_steps AS t ON t.tier = 'unknown'
