-- One row per lead that was reached up to the last day: its channel, and the day of each
-- stage. Who skipped a stage and came further has passed it, without a day. `repeat_on` is
-- the second purchase day of the customer that it became.
SELECT
    l.lead_id, l.channel, l.reached_on, l.interested_on, l.trial_on, l.converted_on,
    CASE WHEN l.converted_on IS NOT NULL THEN c.second_day END AS repeat_on,
    CASE WHEN l.converted_on IS NOT NULL THEN c.customer_id END AS customer_id
FROM leads AS l
INNER JOIN programme_day AS d ON l.reached_on <= d.as_of
LEFT JOIN customer_cells AS c ON c.customer_id = l.customer_id
