-- One row per customer with an entry in the points ledger up to the last day: the sums of
-- its entries by kind, the balance as delivered with the last entry, and the opening
-- balance, which is what the first entry's balance leaves without its points, never below
-- zero. Entries of one moment are in the order of their numbers. Of an account whose last
-- entry came without a balance, the delivered balance is null.
WITH entries AS (
    SELECT
        p.customer_id, p.occurred_at, p.occurred_on, p.kind, p.points, p.balance,
        p.entry_id
    FROM points AS p
    INNER JOIN programme_day AS d ON p.occurred_on <= d.as_of
),
sums AS (
    SELECT
        e.customer_id, MIN(e.occurred_at) AS first_at, MAX(e.occurred_at) AS last_at,
        MIN(e.occurred_on) AS first_on, MAX(e.occurred_on) AS last_on,
        COUNT(*) AS entries, SUM(e.points) AS points,
        SUM(CASE WHEN e.kind = 'earn' THEN e.points ELSE 0 END) AS earned,
        SUM(CASE WHEN e.kind = 'redeem' THEN -e.points ELSE 0 END) AS redeemed,
        SUM(CASE WHEN e.kind = 'expire' THEN -e.points ELSE 0 END) AS expired,
        SUM(CASE WHEN e.kind = 'adjust' THEN e.points ELSE 0 END) AS adjusted
    FROM entries AS e
    GROUP BY e.customer_id
),
ends AS (
    SELECT
        e.customer_id, e.occurred_at, e.points, e.balance,
        CONCAT(LPAD(CAST(LENGTH(e.entry_id) AS VARCHAR), 6, '0'), e.entry_id) AS number
    FROM entries AS e
    INNER JOIN sums AS s
        ON s.customer_id = e.customer_id
        AND (s.first_at = e.occurred_at OR s.last_at = e.occurred_at)
),
numbers AS (
    SELECT
        s.customer_id,
        MIN(CASE WHEN e.occurred_at = s.first_at THEN e.number END) AS first_number,
        MAX(CASE WHEN e.occurred_at = s.last_at THEN e.number END) AS last_number
    FROM ends AS e
    INNER JOIN sums AS s ON s.customer_id = e.customer_id
    GROUP BY s.customer_id
),
balances AS (
    SELECT
        n.customer_id,
        MAX(CASE WHEN e.number = n.first_number THEN e.balance - e.points END) AS opening,
        MAX(CASE WHEN e.number = n.last_number THEN e.balance END) AS balance
    FROM ends AS e
    INNER JOIN numbers AS n ON n.customer_id = e.customer_id
    GROUP BY n.customer_id
)
SELECT
    s.customer_id, c.customer_key, CAST(s.entries AS INTEGER) AS entries, s.first_on,
    s.last_on, CAST(GREATEST(COALESCE(b.opening, 0), 0) AS BIGINT) AS opening,
    CAST(s.earned AS BIGINT) AS earned, CAST(s.redeemed AS BIGINT) AS redeemed,
    CAST(s.expired AS BIGINT) AS expired, CAST(s.adjusted AS BIGINT) AS adjusted,
    CAST(GREATEST(COALESCE(b.opening, 0), 0) + s.points AS BIGINT) AS closing, b.balance
FROM sums AS s
INNER JOIN balances AS b ON b.customer_id = s.customer_id
LEFT JOIN customer_cells AS c ON c.customer_id = s.customer_id
