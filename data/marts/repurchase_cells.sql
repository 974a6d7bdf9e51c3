-- One row per cube, as-of date, horizon and cell: first-time buyers whose whole horizon
-- has passed, and those of them who bought again on a later day within it.
WITH aged AS (
    SELECT
        m.place, h.horizon_days AS passed, m.cell_one, m.cell_two, COUNT(*) AS buyers,
        COUNT(CASE WHEN m.second_day <= m.first_day + 30 THEN 1 END) AS in_30,
        COUNT(CASE WHEN m.second_day <= m.first_day + 60 THEN 1 END) AS in_60,
        COUNT(CASE WHEN m.second_day <= m.first_day + 90 THEN 1 END) AS in_90,
        COUNT(CASE WHEN m.second_day <= m.first_day + 180 THEN 1 END) AS in_180,
        COUNT(CASE WHEN m.second_day <= m.first_day + 365 THEN 1 END) AS in_365
    FROM members AS m
    INNER JOIN horizons AS h
        ON h.place = m.place
        AND m.first_day <= h.first_day_max AND m.first_day > h.first_day_after
    GROUP BY GROUPING SETS (
        (m.place, h.horizon_days, m.cell_one), (m.place, h.horizon_days, m.cell_two)
    )
),
summed AS (
    SELECT
        a.place, h.horizon_days, COALESCE(a.cell_one, a.cell_two) AS cell,
        SUM(a.buyers) AS first_buyers,
        SUM(
            CASE h.horizon_days
                WHEN 30 THEN a.in_30 WHEN 60 THEN a.in_60 WHEN 90 THEN a.in_90
                WHEN 180 THEN a.in_180 ELSE a.in_365
            END
        ) AS bought_again
    FROM aged AS a
    INNER JOIN horizons AS h ON h.place = a.place AND h.horizon_days <= a.passed
    GROUP BY a.place, h.horizon_days, COALESCE(a.cell_one, a.cell_two)
)
SELECT
    c.cube, d.as_of, b.horizon_days, c.store, c.region, c.customer_type,
    c.acquisition_channel, c.tier,
    CAST(b.first_buyers AS BIGINT) AS first_buyers,
    CAST(b.bought_again AS BIGINT) AS bought_again
FROM summed AS b
INNER JOIN as_of_dates AS d ON d.place = b.place
INNER JOIN cells AS c ON c.cell = b.cell
