-- One row per customer with a purchase in a window that ends on the last day and holds
-- all history or a year: net revenue there, and attributes.
SELECT
    s.as_of, c.customer_key, c.store, c.region, c.customer_type, c.acquisition_channel,
    c.tier,
    CASE
        WHEN s.starts_after > DATE '0001-01-01' THEN CAST(c.annual_revenue AS DECIMAL(38, 4))
        ELSE CAST(c.revenue AS DECIMAL(38, 4))
    END AS revenue
FROM periods AS s
INNER JOIN current_customers AS c ON c.last_day > s.starts_after
