-- One row per cube, as-of date and cell: sums of scores and of their parts over its
-- customers, in millionths of a point; squares in millionths of a point squared.
SELECT
    c.cube, h.as_of, c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    h.customers, h.health, h.health_squares, h.loyalty_squares,
    h.value_n, h.value_total, h.value_part,
    h.loyalty_n, h.loyalty_total, h.loyalty_part,
    h.satisfaction_n, h.satisfaction_total, h.satisfaction_part,
    h.service_n, h.service_total, h.service_part,
    h.engagement_n, h.engagement_total, h.engagement_part,
    h.recency_n, h.recency_total, h.recency_part,
    h.frequency_n, h.frequency_total, h.frequency_part,
    h.tenure_n, h.tenure_total, h.tenure_part,
    h.nps_n, h.nps_total, h.nps_part,
    h.programme_n, h.programme_total, h.programme_part
FROM health_sums AS h
INNER JOIN cells AS c ON c.cell = h.cell
