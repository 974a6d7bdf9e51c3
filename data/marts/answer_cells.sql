-- One row per cube, as-of date, period, measure, cell and cut: the sums of one measure,
-- out of the rows that hold all of them.
SELECT
    r.cube, r.as_of, r.period, 'response' AS measure, r.store, r.region, r.customer_type,
    r.acquisition_channel, r.tier, r.cut, r.n, r.total, r.total AS squares,
    r.cluster_squares, r.cluster_product, r.cluster_counts
FROM response_cells AS r
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'nps', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.nps_n, s.nps_total, s.nps_squares, s.nps_total_total, s.nps_total_n, s.nps_n_n
FROM score_cells AS s
WHERE s.nps_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'product_quality', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.product_quality_n, s.product_quality_total, s.product_quality_squares,
    s.product_quality_total_total, s.product_quality_total_n, s.product_quality_n_n
FROM score_cells AS s
WHERE s.product_quality_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'product_quality_top2', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.product_quality_n, s.product_quality_top2, s.product_quality_top2,
    s.product_quality_top2_top2, s.product_quality_top2_n, s.product_quality_n_n
FROM score_cells AS s
WHERE s.product_quality_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'service', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.service_n, s.service_total, s.service_squares, s.service_total_total,
    s.service_total_n, s.service_n_n
FROM score_cells AS s
WHERE s.service_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'service_top2', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.service_n, s.service_top2, s.service_top2, s.service_top2_top2, s.service_top2_n,
    s.service_n_n
FROM score_cells AS s
WHERE s.service_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'delivery', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.delivery_n, s.delivery_total, s.delivery_squares, s.delivery_total_total,
    s.delivery_total_n, s.delivery_n_n
FROM score_cells AS s
WHERE s.delivery_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'delivery_top2', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.delivery_n, s.delivery_top2, s.delivery_top2, s.delivery_top2_top2,
    s.delivery_top2_n, s.delivery_n_n
FROM score_cells AS s
WHERE s.delivery_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'communication', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.communication_n, s.communication_total, s.communication_squares,
    s.communication_total_total, s.communication_total_n, s.communication_n_n
FROM score_cells AS s
WHERE s.communication_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'communication_top2', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.communication_n, s.communication_top2, s.communication_top2,
    s.communication_top2_top2, s.communication_top2_n, s.communication_n_n
FROM score_cells AS s
WHERE s.communication_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'support', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.support_n, s.support_total, s.support_squares, s.support_total_total,
    s.support_total_n, s.support_n_n
FROM score_cells AS s
WHERE s.support_n > 0
UNION ALL
SELECT
    s.cube, s.as_of, s.period, 'support_top2', s.store, s.region, s.customer_type,
    s.acquisition_channel, s.tier, s.cut,
    s.support_n, s.support_top2, s.support_top2, s.support_top2_top2, s.support_top2_n,
    s.support_n_n
FROM score_cells AS s
WHERE s.support_n > 0
