-- One row per customer, cut and day with answers: counts and sums of all its answers up
-- to that day, which holds until the next such day. A window is a difference of two.
WITH days AS (
    SELECT
        a.customer_key, a.cut, a.known_on,
        COUNT(a.score) AS nps_n,
        SUM(
            CASE WHEN a.score >= 9 THEN 1 WHEN a.score <= 6 THEN -1 ELSE 0 END
        ) AS nps_total,
        SUM(CASE WHEN a.score >= 9 OR a.score <= 6 THEN 1 ELSE 0 END) AS nps_squares,
        COUNT(a.product_quality) AS product_quality_n,
        SUM(COALESCE(a.product_quality, 0)) AS product_quality_total,
        SUM(COALESCE(a.product_quality * a.product_quality, 0)) AS product_quality_squares,
        SUM(CASE WHEN a.product_quality >= 4 THEN 1 ELSE 0 END) AS product_quality_top2,
        COUNT(a.service) AS service_n, SUM(COALESCE(a.service, 0)) AS service_total,
        SUM(COALESCE(a.service * a.service, 0)) AS service_squares,
        SUM(CASE WHEN a.service >= 4 THEN 1 ELSE 0 END) AS service_top2,
        COUNT(a.delivery) AS delivery_n, SUM(COALESCE(a.delivery, 0)) AS delivery_total,
        SUM(COALESCE(a.delivery * a.delivery, 0)) AS delivery_squares,
        SUM(CASE WHEN a.delivery >= 4 THEN 1 ELSE 0 END) AS delivery_top2,
        COUNT(a.communication) AS communication_n,
        SUM(COALESCE(a.communication, 0)) AS communication_total,
        SUM(COALESCE(a.communication * a.communication, 0)) AS communication_squares,
        SUM(CASE WHEN a.communication >= 4 THEN 1 ELSE 0 END) AS communication_top2,
        COUNT(a.support) AS support_n, SUM(COALESCE(a.support, 0)) AS support_total,
        SUM(COALESCE(a.support * a.support, 0)) AS support_squares,
        SUM(CASE WHEN a.support >= 4 THEN 1 ELSE 0 END) AS support_top2
    FROM cut_answers AS a
    WHERE a.known_on IS NOT NULL
    GROUP BY a.customer_key, a.cut, a.known_on
)
SELECT
    d.customer_key, d.cut, d.known_on,
    LEAD(d.known_on, 1, DATE '9999-12-31') OVER so_far AS next_on,
    CAST(SUM(d.nps_n) OVER so_far AS BIGINT) AS nps_n,
    CAST(SUM(d.nps_total) OVER so_far AS BIGINT) AS nps_total,
    CAST(SUM(d.nps_squares) OVER so_far AS BIGINT) AS nps_squares,
    CAST(SUM(d.product_quality_n) OVER so_far AS BIGINT) AS product_quality_n,
    CAST(SUM(d.product_quality_total) OVER so_far AS BIGINT) AS product_quality_total,
    CAST(SUM(d.product_quality_squares) OVER so_far AS BIGINT) AS product_quality_squares,
    CAST(SUM(d.product_quality_top2) OVER so_far AS BIGINT) AS product_quality_top2,
    CAST(SUM(d.service_n) OVER so_far AS BIGINT) AS service_n,
    CAST(SUM(d.service_total) OVER so_far AS BIGINT) AS service_total,
    CAST(SUM(d.service_squares) OVER so_far AS BIGINT) AS service_squares,
    CAST(SUM(d.service_top2) OVER so_far AS BIGINT) AS service_top2,
    CAST(SUM(d.delivery_n) OVER so_far AS BIGINT) AS delivery_n,
    CAST(SUM(d.delivery_total) OVER so_far AS BIGINT) AS delivery_total,
    CAST(SUM(d.delivery_squares) OVER so_far AS BIGINT) AS delivery_squares,
    CAST(SUM(d.delivery_top2) OVER so_far AS BIGINT) AS delivery_top2,
    CAST(SUM(d.communication_n) OVER so_far AS BIGINT) AS communication_n,
    CAST(SUM(d.communication_total) OVER so_far AS BIGINT) AS communication_total,
    CAST(SUM(d.communication_squares) OVER so_far AS BIGINT) AS communication_squares,
    CAST(SUM(d.communication_top2) OVER so_far AS BIGINT) AS communication_top2,
    CAST(SUM(d.support_n) OVER so_far AS BIGINT) AS support_n,
    CAST(SUM(d.support_total) OVER so_far AS BIGINT) AS support_total,
    CAST(SUM(d.support_squares) OVER so_far AS BIGINT) AS support_squares,
    CAST(SUM(d.support_top2) OVER so_far AS BIGINT) AS support_top2
FROM days AS d
WINDOW so_far AS (PARTITION BY d.customer_key, d.cut ORDER BY d.known_on)
