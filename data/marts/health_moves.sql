-- One row per cube, pair of as-of dates and pair of cells, in which customers were on the
-- earlier date and are on the later one: how many there are, and sums of their scores and
-- of the parts of what changed, in millionths of a point. A customer without a score on
-- one of the dates is in no cell then.
SELECT
    COALESCE(c.cube, b.cube) AS cube, m.before, m.as_of, m.move,
    c.store, c.region, c.customer_type, c.acquisition_channel, c.tier,
    b.store AS store_before, b.region AS region_before,
    b.customer_type AS customer_type_before,
    b.acquisition_channel AS acquisition_channel_before, b.tier AS tier_before,
    m.customers, m.score_before, m.score_after, m.weights, m.value, m.loyalty,
    m.satisfaction, m.service, m.engagement, m.new_data, m.lost_data
FROM health_changes AS m
LEFT JOIN cells AS c ON c.cell = m.cell_after
LEFT JOIN cells AS b ON b.cell = m.cell_before
