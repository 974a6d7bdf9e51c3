-- One row per cube, as-of date, period, measure, cell and cut: sums over answers, and
-- over customers the products that tell how alike one customer's answers are.
WITH answered AS (
    SELECT
        d.span_id, v.measure, v.customer_key, v.cut,
        COUNT(*) AS n,
        SUM(CASE WHEN v.known_on <= d.as_of THEN v.value ELSE 0 END) AS total,
        SUM(CASE WHEN v.known_on <= d.as_of THEN v.value * v.value ELSE 0 END)
            AS squares
    FROM cut_answer_marks AS v
    INNER JOIN day_spans AS d ON d.day = v.counted_on
    WHERE d.inside = 1
    GROUP BY d.span_id, v.measure, v.customer_key, v.cut
),
summed AS (
    SELECT
        k.cube, a.span_id, a.measure, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier, a.cut,
        SUM(a.n) AS n, SUM(a.total) AS total, SUM(a.squares) AS squares,
        SUM(a.total * a.total) AS cluster_squares,
        SUM(a.total * a.n) AS cluster_product, SUM(a.n * a.n) AS cluster_counts
    FROM answered AS a
    INNER JOIN periods AS s ON s.span_id = a.span_id
    INNER JOIN cell_keys AS k
        ON k.as_of = s.as_of AND k.customer_key = a.customer_key
    GROUP BY
        k.cube, a.span_id, a.measure, k.store, k.region, k.customer_type,
        k.acquisition_channel, k.tier, a.cut
)
SELECT
    c.cube, s.as_of, s.period, measure.name AS measure, store.name AS store, region.name AS region,
    kind.name AS customer_type, channel.name AS acquisition_channel,
    tier.name AS tier, cut.name AS cut,
    CAST(c.n AS BIGINT) AS n,
    CAST(c.total AS BIGINT) AS total,
    CAST(c.squares AS BIGINT) AS squares,
    CAST(c.cluster_squares AS BIGINT) AS cluster_squares,
    CAST(c.cluster_product AS BIGINT) AS cluster_product,
    CAST(c.cluster_counts AS BIGINT) AS cluster_counts
FROM summed AS c
INNER JOIN periods AS s ON s.span_id = c.span_id
INNER JOIN names AS store ON store.code = c.store
INNER JOIN names AS region ON region.code = c.region
INNER JOIN names AS kind ON kind.code = c.customer_type
INNER JOIN names AS channel ON channel.code = c.acquisition_channel
INNER JOIN names AS tier ON tier.code = c.tier
INNER JOIN names AS measure ON measure.code = c.measure
INNER JOIN names AS cut ON cut.code = c.cut
