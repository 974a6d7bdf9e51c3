-- One row per day on which totals of purchases begin or end.
SELECT t.day FROM purchase_totals AS t
UNION
SELECT t.next_day FROM purchase_totals AS t
UNION
SELECT t.starts_on FROM purchase_totals AS t
UNION
SELECT t.ends_on FROM purchase_totals AS t
