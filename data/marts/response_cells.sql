-- One row per cube, as-of date, period, cell and cut: surveys sent and answered, and over
-- customers the products that tell how alike one customer's answering is.
WITH requested AS (
    SELECT
        d.span_id, r.customer_key, r.cut, SUM(r.requests) AS n,
        SUM(CASE WHEN r.known_on <= d.as_of THEN r.requests ELSE 0 END) AS total
    FROM cut_request_marks AS r
    INNER JOIN day_spans AS d ON d.day = r.counted_on
    GROUP BY d.span_id, r.customer_key, r.cut
),
placed AS (
    SELECT
        r.span_id, r.cut, r.n, r.total,
        CASE WHEN m.place IS NULL THEN i.idle_one ELSE m.cell_one END AS cell_one,
        CASE WHEN m.place IS NULL THEN i.idle_two ELSE m.cell_two END AS cell_two
    FROM requested AS r
    INNER JOIN periods AS s ON s.span_id = r.span_id
    INNER JOIN residents AS i ON i.customer_key = r.customer_key
    LEFT JOIN members AS m ON m.place = s.place AND m.customer_key = r.customer_key
),
summed AS (
    SELECT
        r.span_id, r.cell_one, r.cell_two, r.cut, SUM(r.n) AS n, SUM(r.total) AS total,
        SUM(r.total * r.total) AS cluster_squares, SUM(r.total * r.n) AS cluster_product,
        SUM(r.n * r.n) AS cluster_counts
    FROM placed AS r
    GROUP BY GROUPING SETS (
        (r.span_id, r.cut, r.cell_one), (r.span_id, r.cut, r.cell_two)
    )
)
SELECT
    c.cube, s.as_of, s.period, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier, cut.name AS cut,
    CAST(b.n AS BIGINT) AS n,
    CAST(b.total AS BIGINT) AS total,
    CAST(b.cluster_squares AS BIGINT) AS cluster_squares,
    CAST(b.cluster_product AS BIGINT) AS cluster_product,
    CAST(b.cluster_counts AS BIGINT) AS cluster_counts
FROM summed AS b
INNER JOIN periods AS s ON s.span_id = b.span_id
INNER JOIN cells AS c ON c.cell = COALESCE(b.cell_one, b.cell_two)
INNER JOIN names AS cut ON cut.code = b.cut
