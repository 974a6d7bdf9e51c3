-- One row per target: the metric, the period and segment it is for, and its value.
SELECT t.metric, t.period, t.segment, t.value
FROM targets AS t
