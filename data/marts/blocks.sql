-- One row per cube and combination that it tells of the attributes that a customer
-- keeps: the number of its first cell. Its other cells, one a tier, follow.
WITH told AS (
    SELECT DISTINCT
        a.cube, a.number, a.store_told, a.region_told, a.type_told, a.channel_told
    FROM addresses AS a
)
SELECT
    t.cube, t.number, t.store_told, t.region_told, t.type_told, t.channel_told,
    store.name AS store, region.name AS region, kind.name AS customer_type,
    channel.name AS acquisition_channel,
    CAST(
        w.tiers * ROW_NUMBER() OVER (
            ORDER BY t.number, store.name, region.name, kind.name, channel.name
        ) AS INTEGER
    ) AS first_cell
FROM told AS t
INNER JOIN names AS store ON store.code = t.store_told
INNER JOIN names AS region ON region.code = t.region_told
INNER JOIN names AS kind ON kind.code = t.type_told
INNER JOIN names AS channel ON channel.code = t.channel_told
CROSS JOIN (SELECT MAX(n.number) + 1 AS tiers FROM tier_steps AS n) AS w
