-- One row per cube, as-of date, period, measure, cell and cut: sums over answers, and
-- over customers the products that tell how alike one customer's answers are.
WITH answered AS (
    SELECT
        s.as_of, s.period, v.measure, v.customer_id, v.cut,
        COUNT(*) AS n,
        SUM(CASE WHEN v.known_on <= s.as_of THEN v.value ELSE 0 END) AS total,
        SUM(CASE WHEN v.known_on <= s.as_of THEN v.value * v.value ELSE 0 END)
            AS squares
    FROM periods AS s
    CROSS JOIN cut_answers AS v
    WHERE v.counted_on > s.starts_after AND v.counted_on <= s.as_of
    GROUP BY s.as_of, s.period, v.measure, v.customer_id, v.cut
)
SELECT
    k.cube, a.as_of, a.period, a.measure, k.store, k.region, k.customer_type,
    k.acquisition_channel, k.tier, a.cut,
    CAST(SUM(a.n) AS BIGINT) AS n,
    CAST(SUM(a.total) AS BIGINT) AS total,
    CAST(SUM(a.squares) AS BIGINT) AS squares,
    CAST(SUM(a.total * a.total) AS BIGINT) AS cluster_squares,
    CAST(SUM(a.total * a.n) AS BIGINT) AS cluster_product,
    CAST(SUM(a.n * a.n) AS BIGINT) AS cluster_counts
FROM answered AS a
INNER JOIN cell_keys AS k ON k.as_of = a.as_of AND k.customer_id = a.customer_id
GROUP BY
    k.cube, a.as_of, a.period, a.measure, k.store, k.region, k.customer_type,
    k.acquisition_channel, k.tier, a.cut
