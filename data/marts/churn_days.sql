-- One row per customer, purchase day and run of as-of dates on which it is known to be
-- one: from starts_on up to, not including, ends_on.
SELECT t.customer_key, t.day, t.starts_on, t.ends_on
FROM purchase_totals AS t
WHERE t.last_day = t.day AND t.customer_key > 0
