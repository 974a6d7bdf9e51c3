-- One row per cube, as-of date, period, measure, cell and cut: sums over answers, and
-- over customers the products that tell how alike one customer's answers are. NPS counts
-- +1, 0, -1, a dimension its points, `top2` 1 for 4 or 5, response 1 once answered.
WITH requested AS (
    SELECT
        d.span_id, r.customer_key, r.cut, SUM(r.requests) AS n,
        SUM(CASE WHEN r.known_on <= d.as_of THEN r.requests ELSE 0 END) AS total
    FROM cut_request_marks AS r
    INNER JOIN day_spans AS d ON d.day = r.counted_on
    GROUP BY d.span_id, r.customer_key, r.cut
),
responses AS (
    SELECT
        r.span_id, k.cell, r.cut, SUM(r.n) AS n, SUM(r.total) AS total,
        SUM(r.total * r.total) AS total_total, SUM(r.total * r.n) AS total_n,
        SUM(r.n * r.n) AS n_n
    FROM requested AS r
    INNER JOIN periods AS s ON s.span_id = r.span_id
    INNER JOIN cell_members AS k
        ON k.as_of = s.as_of AND k.customer_key = r.customer_key
    GROUP BY r.span_id, k.cell, r.cut
),
answered AS (
    SELECT
        s.span_id, s.as_of, t.customer_key, t.cut,
        t.nps_n - COALESCE(b.nps_n, 0) AS nps_n,
        t.nps_total - COALESCE(b.nps_total, 0) AS nps_total,
        t.nps_squares - COALESCE(b.nps_squares, 0) AS nps_squares,
        t.product_quality_n - COALESCE(b.product_quality_n, 0) AS product_quality_n,
        t.product_quality_total - COALESCE(b.product_quality_total, 0) AS product_quality_total,
        t.product_quality_squares - COALESCE(b.product_quality_squares, 0) AS product_quality_squares,
        t.product_quality_top2 - COALESCE(b.product_quality_top2, 0) AS product_quality_top2,
        t.service_n - COALESCE(b.service_n, 0) AS service_n,
        t.service_total - COALESCE(b.service_total, 0) AS service_total,
        t.service_squares - COALESCE(b.service_squares, 0) AS service_squares,
        t.service_top2 - COALESCE(b.service_top2, 0) AS service_top2,
        t.delivery_n - COALESCE(b.delivery_n, 0) AS delivery_n,
        t.delivery_total - COALESCE(b.delivery_total, 0) AS delivery_total,
        t.delivery_squares - COALESCE(b.delivery_squares, 0) AS delivery_squares,
        t.delivery_top2 - COALESCE(b.delivery_top2, 0) AS delivery_top2,
        t.communication_n - COALESCE(b.communication_n, 0) AS communication_n,
        t.communication_total - COALESCE(b.communication_total, 0) AS communication_total,
        t.communication_squares - COALESCE(b.communication_squares, 0) AS communication_squares,
        t.communication_top2 - COALESCE(b.communication_top2, 0) AS communication_top2,
        t.support_n - COALESCE(b.support_n, 0) AS support_n,
        t.support_total - COALESCE(b.support_total, 0) AS support_total,
        t.support_squares - COALESCE(b.support_squares, 0) AS support_squares,
        t.support_top2 - COALESCE(b.support_top2, 0) AS support_top2
    FROM cut_answer_totals AS t
    INNER JOIN periods AS s
        ON t.known_on <= s.as_of AND t.next_on > s.as_of AND t.known_on > s.starts_after
    LEFT JOIN cut_answer_totals AS b
        ON b.customer_key = t.customer_key AND b.cut = t.cut
        AND b.known_on <= s.starts_after AND b.next_on > s.starts_after
),
summed AS (
    SELECT
        a.span_id, k.cell, a.cut,
        SUM(a.nps_n) AS nps_n, SUM(a.nps_total) AS nps_total,
        SUM(a.nps_squares) AS nps_squares,
        SUM(a.nps_total * a.nps_total) AS nps_total_total,
        SUM(a.nps_total * a.nps_n) AS nps_total_n, SUM(a.nps_n * a.nps_n) AS nps_n_n,
        SUM(a.product_quality_n) AS product_quality_n,
        SUM(a.product_quality_total) AS product_quality_total,
        SUM(a.product_quality_squares) AS product_quality_squares,
        SUM(a.product_quality_total * a.product_quality_total) AS product_quality_total_total,
        SUM(a.product_quality_total * a.product_quality_n) AS product_quality_total_n,
        SUM(a.product_quality_n * a.product_quality_n) AS product_quality_n_n,
        SUM(a.product_quality_top2) AS product_quality_top2,
        SUM(a.product_quality_top2 * a.product_quality_top2) AS product_quality_top2_top2,
        SUM(a.product_quality_top2 * a.product_quality_n) AS product_quality_top2_n,
        SUM(a.service_n) AS service_n, SUM(a.service_total) AS service_total,
        SUM(a.service_squares) AS service_squares,
        SUM(a.service_total * a.service_total) AS service_total_total,
        SUM(a.service_total * a.service_n) AS service_total_n,
        SUM(a.service_n * a.service_n) AS service_n_n,
        SUM(a.service_top2) AS service_top2,
        SUM(a.service_top2 * a.service_top2) AS service_top2_top2,
        SUM(a.service_top2 * a.service_n) AS service_top2_n,
        SUM(a.delivery_n) AS delivery_n, SUM(a.delivery_total) AS delivery_total,
        SUM(a.delivery_squares) AS delivery_squares,
        SUM(a.delivery_total * a.delivery_total) AS delivery_total_total,
        SUM(a.delivery_total * a.delivery_n) AS delivery_total_n,
        SUM(a.delivery_n * a.delivery_n) AS delivery_n_n,
        SUM(a.delivery_top2) AS delivery_top2,
        SUM(a.delivery_top2 * a.delivery_top2) AS delivery_top2_top2,
        SUM(a.delivery_top2 * a.delivery_n) AS delivery_top2_n,
        SUM(a.communication_n) AS communication_n,
        SUM(a.communication_total) AS communication_total,
        SUM(a.communication_squares) AS communication_squares,
        SUM(a.communication_total * a.communication_total) AS communication_total_total,
        SUM(a.communication_total * a.communication_n) AS communication_total_n,
        SUM(a.communication_n * a.communication_n) AS communication_n_n,
        SUM(a.communication_top2) AS communication_top2,
        SUM(a.communication_top2 * a.communication_top2) AS communication_top2_top2,
        SUM(a.communication_top2 * a.communication_n) AS communication_top2_n,
        SUM(a.support_n) AS support_n, SUM(a.support_total) AS support_total,
        SUM(a.support_squares) AS support_squares,
        SUM(a.support_total * a.support_total) AS support_total_total,
        SUM(a.support_total * a.support_n) AS support_total_n,
        SUM(a.support_n * a.support_n) AS support_n_n,
        SUM(a.support_top2) AS support_top2,
        SUM(a.support_top2 * a.support_top2) AS support_top2_top2,
        SUM(a.support_top2 * a.support_n) AS support_top2_n
    FROM answered AS a
    INNER JOIN cell_members AS k
        ON k.as_of = a.as_of AND k.customer_key = a.customer_key
    GROUP BY a.span_id, k.cell, a.cut
),
measured AS (
    SELECT
        r.span_id, r.cell, r.cut, 'response' AS measure, r.n, r.total,
        r.total AS squares, r.total_total AS cluster_squares,
        r.total_n AS cluster_product, r.n_n AS cluster_counts
    FROM responses AS r
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'nps',
        a.nps_n, a.nps_total, a.nps_squares,
        a.nps_total_total, a.nps_total_n, a.nps_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'product_quality',
        a.product_quality_n, a.product_quality_total, a.product_quality_squares,
        a.product_quality_total_total, a.product_quality_total_n, a.product_quality_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'product_quality_top2',
        a.product_quality_n, a.product_quality_top2, a.product_quality_top2,
        a.product_quality_top2_top2, a.product_quality_top2_n, a.product_quality_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'service',
        a.service_n, a.service_total, a.service_squares,
        a.service_total_total, a.service_total_n, a.service_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'service_top2',
        a.service_n, a.service_top2, a.service_top2,
        a.service_top2_top2, a.service_top2_n, a.service_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'delivery',
        a.delivery_n, a.delivery_total, a.delivery_squares,
        a.delivery_total_total, a.delivery_total_n, a.delivery_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'delivery_top2',
        a.delivery_n, a.delivery_top2, a.delivery_top2,
        a.delivery_top2_top2, a.delivery_top2_n, a.delivery_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'communication',
        a.communication_n, a.communication_total, a.communication_squares,
        a.communication_total_total, a.communication_total_n, a.communication_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'communication_top2',
        a.communication_n, a.communication_top2, a.communication_top2,
        a.communication_top2_top2, a.communication_top2_n, a.communication_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'support',
        a.support_n, a.support_total, a.support_squares,
        a.support_total_total, a.support_total_n, a.support_n_n
    FROM summed AS a
    UNION ALL
    SELECT
        a.span_id, a.cell, a.cut, 'support_top2',
        a.support_n, a.support_top2, a.support_top2,
        a.support_top2_top2, a.support_top2_n, a.support_n_n
    FROM summed AS a
)
SELECT
    c.cube, s.as_of, s.period, m.measure, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, cut.name AS cut,
    CAST(m.n AS BIGINT) AS n,
    CAST(m.total AS BIGINT) AS total,
    CAST(m.squares AS BIGINT) AS squares,
    CAST(m.cluster_squares AS BIGINT) AS cluster_squares,
    CAST(m.cluster_product AS BIGINT) AS cluster_product,
    CAST(m.cluster_counts AS BIGINT) AS cluster_counts
FROM measured AS m
INNER JOIN periods AS s ON s.span_id = m.span_id
INNER JOIN cells AS c ON c.cell = m.cell
INNER JOIN names AS cut ON cut.code = m.cut
WHERE m.n > 0
