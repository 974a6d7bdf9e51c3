-- One row per survey that was answered: the day from which the answer is known, the
-- score and its dimensions. An answer without any score is none.
SELECT
    s.response_id, s.customer_id, COALESCE(s.answered_on, s.sent_on) AS known_on,
    s.score, s.product_quality, s.service, s.delivery, s.communication, s.support,
    s.store_id, s.employee_id, s.mode
FROM surveys AS s
WHERE
    COALESCE(
        s.score, s.product_quality, s.service, s.delivery, s.communication, s.support
    ) IS NOT NULL
