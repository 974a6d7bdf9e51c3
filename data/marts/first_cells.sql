-- One row per combination of the attributes that a customer keeps: the first cell of its
-- block in the first cube, and in the second one where there are two.
SELECT
    a.store, a.region, a.customer_type, a.acquisition_channel,
    CAST(MAX(CASE WHEN b.number = 1 THEN b.first_cell END) AS INTEGER) AS one,
    CAST(MAX(CASE WHEN b.number = 2 THEN b.first_cell END) AS INTEGER) AS two
FROM addresses AS a
INNER JOIN blocks AS b
    ON b.number = a.number AND b.store_told = a.store_told
    AND b.region_told = a.region_told AND b.type_told = a.type_told
    AND b.channel_told = a.channel_told
GROUP BY a.store, a.region, a.customer_type, a.acquisition_channel
