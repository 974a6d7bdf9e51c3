-- One row per survey and thing measured, with numbers for the customer, the measure and
-- the cut: what answers are summed from.
SELECT
    v.customer_key, n.code AS measure, v.cut, v.counted_on, v.known_on,
    CAST(v.value AS INTEGER) AS value
FROM cut_answer_values AS v
INNER JOIN names AS n ON n.name = v.measure
