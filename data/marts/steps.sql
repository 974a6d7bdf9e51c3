-- One row per number of as-of dates and step among them: unfolds a row that holds on so
-- many dates into one row for each.
SELECT CAST(a.place + 1 AS INTEGER) AS dates, b.place AS step
FROM as_of_dates AS a
INNER JOIN as_of_dates AS b ON b.place <= a.place
