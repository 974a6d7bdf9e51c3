-- One row per cube, as-of date, period, cell and cut: sums over answers, and over
-- customers the products that tell how alike one customer's answers are. NPS counts
-- +1, 0, -1, a dimension its points, `top2` 1 for 4 or 5.
WITH answered AS (
    SELECT
        s.span_id, s.place, t.customer_key, t.cut,
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
placed AS (
    SELECT
        a.*,
        CASE WHEN m.place IS NULL THEN i.idle_one ELSE m.cell_one END AS cell_one,
        CASE WHEN m.place IS NULL THEN i.idle_two ELSE m.cell_two END AS cell_two
    FROM answered AS a
    INNER JOIN residents AS i ON i.customer_key = a.customer_key
    LEFT JOIN members AS m ON m.place = a.place AND m.customer_key = a.customer_key
),
summed AS (
    SELECT
        a.span_id, a.cell_one, a.cell_two, a.cut,
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
    FROM placed AS a
    GROUP BY GROUPING SETS (
        (a.span_id, a.cut, a.cell_one), (a.span_id, a.cut, a.cell_two)
    )
)
SELECT
    c.cube, s.as_of, s.period, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, cut.name AS cut,
    CAST(b.nps_n AS BIGINT) AS nps_n,
    CAST(b.nps_total AS BIGINT) AS nps_total,
    CAST(b.nps_squares AS BIGINT) AS nps_squares,
    CAST(b.nps_total_total AS BIGINT) AS nps_total_total,
    CAST(b.nps_total_n AS BIGINT) AS nps_total_n,
    CAST(b.nps_n_n AS BIGINT) AS nps_n_n,
    CAST(b.product_quality_n AS BIGINT) AS product_quality_n,
    CAST(b.product_quality_total AS BIGINT) AS product_quality_total,
    CAST(b.product_quality_squares AS BIGINT) AS product_quality_squares,
    CAST(b.product_quality_total_total AS BIGINT) AS product_quality_total_total,
    CAST(b.product_quality_total_n AS BIGINT) AS product_quality_total_n,
    CAST(b.product_quality_n_n AS BIGINT) AS product_quality_n_n,
    CAST(b.product_quality_top2 AS BIGINT) AS product_quality_top2,
    CAST(b.product_quality_top2_top2 AS BIGINT) AS product_quality_top2_top2,
    CAST(b.product_quality_top2_n AS BIGINT) AS product_quality_top2_n,
    CAST(b.service_n AS BIGINT) AS service_n,
    CAST(b.service_total AS BIGINT) AS service_total,
    CAST(b.service_squares AS BIGINT) AS service_squares,
    CAST(b.service_total_total AS BIGINT) AS service_total_total,
    CAST(b.service_total_n AS BIGINT) AS service_total_n,
    CAST(b.service_n_n AS BIGINT) AS service_n_n,
    CAST(b.service_top2 AS BIGINT) AS service_top2,
    CAST(b.service_top2_top2 AS BIGINT) AS service_top2_top2,
    CAST(b.service_top2_n AS BIGINT) AS service_top2_n,
    CAST(b.delivery_n AS BIGINT) AS delivery_n,
    CAST(b.delivery_total AS BIGINT) AS delivery_total,
    CAST(b.delivery_squares AS BIGINT) AS delivery_squares,
    CAST(b.delivery_total_total AS BIGINT) AS delivery_total_total,
    CAST(b.delivery_total_n AS BIGINT) AS delivery_total_n,
    CAST(b.delivery_n_n AS BIGINT) AS delivery_n_n,
    CAST(b.delivery_top2 AS BIGINT) AS delivery_top2,
    CAST(b.delivery_top2_top2 AS BIGINT) AS delivery_top2_top2,
    CAST(b.delivery_top2_n AS BIGINT) AS delivery_top2_n,
    CAST(b.communication_n AS BIGINT) AS communication_n,
    CAST(b.communication_total AS BIGINT) AS communication_total,
    CAST(b.communication_squares AS BIGINT) AS communication_squares,
    CAST(b.communication_total_total AS BIGINT) AS communication_total_total,
    CAST(b.communication_total_n AS BIGINT) AS communication_total_n,
    CAST(b.communication_n_n AS BIGINT) AS communication_n_n,
    CAST(b.communication_top2 AS BIGINT) AS communication_top2,
    CAST(b.communication_top2_top2 AS BIGINT) AS communication_top2_top2,
    CAST(b.communication_top2_n AS BIGINT) AS communication_top2_n,
    CAST(b.support_n AS BIGINT) AS support_n,
    CAST(b.support_total AS BIGINT) AS support_total,
    CAST(b.support_squares AS BIGINT) AS support_squares,
    CAST(b.support_total_total AS BIGINT) AS support_total_total,
    CAST(b.support_total_n AS BIGINT) AS support_total_n,
    CAST(b.support_n_n AS BIGINT) AS support_n_n,
    CAST(b.support_top2 AS BIGINT) AS support_top2,
    CAST(b.support_top2_top2 AS BIGINT) AS support_top2_top2,
    CAST(b.support_top2_n AS BIGINT) AS support_top2_n
FROM summed AS b
INNER JOIN periods AS s ON s.span_id = b.span_id
INNER JOIN cells AS c ON c.cell = COALESCE(b.cell_one, b.cell_two)
INNER JOIN names AS cut ON cut.code = b.cut
