-- One row per survey and thing measured: the day that places it in a window, the day
-- from which it is known, and its value. NPS counts +1, 0, -1; response counts 1 once
-- answered; a survey sent and never answered has only the measure response.
WITH replies AS (
    SELECT
        s.customer_id, s.store_id, s.employee_id, s.mode, s.sent_on,
        s.score, s.product_quality, s.service, s.delivery, s.communication, s.support,
        CASE
            WHEN COALESCE(
                s.score, s.product_quality, s.service, s.delivery, s.communication,
                s.support
            ) IS NULL THEN DATE '9999-12-31'
            ELSE COALESCE(s.answered_on, s.sent_on)
        END AS known_on
    FROM surveys AS s
),
measured AS (
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode,
        COALESCE(r.sent_on, r.known_on) AS counted_on, r.known_on,
        'response' AS measure, 1 AS value
    FROM replies AS r
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'nps',
        CASE WHEN r.score >= 9 THEN 1 WHEN r.score <= 6 THEN -1 ELSE 0 END
    FROM replies AS r WHERE r.score IS NOT NULL
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'product_quality', r.product_quality
    FROM replies AS r WHERE r.product_quality IS NOT NULL
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'service', r.service
    FROM replies AS r WHERE r.service IS NOT NULL
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'delivery', r.delivery
    FROM replies AS r WHERE r.delivery IS NOT NULL
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'communication', r.communication
    FROM replies AS r WHERE r.communication IS NOT NULL
    UNION ALL
    SELECT
        r.customer_id, r.store_id, r.employee_id, r.mode, r.known_on, r.known_on,
        'support', r.support
    FROM replies AS r WHERE r.support IS NOT NULL
)
SELECT
    m.customer_id, m.store_id, m.employee_id, m.mode, m.counted_on, m.known_on,
    m.measure, CAST(m.value AS BIGINT) AS value
FROM measured AS m
UNION ALL
SELECT
    m.customer_id, m.store_id, m.employee_id, m.mode, m.counted_on, m.known_on,
    CONCAT(m.measure, '_top2'),
    CAST(CASE WHEN m.value >= 4 THEN 1 ELSE 0 END AS BIGINT)
FROM measured AS m
WHERE m.measure NOT IN ('response', 'nps')
