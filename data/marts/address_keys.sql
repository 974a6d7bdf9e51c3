-- One row per customer: the number of the combination of attributes that is declared.
SELECT d.customer_key, a.address
FROM declared AS d
INNER JOIN address_codes AS a
    ON a.store = d.store AND a.region = d.region AND a.customer_type = d.customer_type
    AND a.acquisition_channel = d.acquisition_channel
