"""Repurchase & retention: do customers come back, and are we growing or leaking?"""

from dashboard import (
    blocks,
    cards,
    charts,
    cohort_table,
    filters,
    kpis,
    order_tables,
    sentences,
)

METRICS = ("repurchase_rate", "returning_share", "churn_rate")
CUTS = ("region", "store", "tier", "customer_type", "acquisition_channel")

view = filters.current()

kpis.row(view, METRICS)

left, right = blocks.columns(3, 2)
with left:
    blocks.trend(view, METRICS)
with right, cards.card("within", *cards.titles(view, "within")):
    charts.within(view)

with cards.card("changes", *sentences.titles(view)):
    sentences.changes(view, METRICS)

with cards.card("growth", *cards.titles(view, "growth")):
    charts.growth(view)

with cards.card("cohorts", *cards.titles(view, "cohorts")):
    cohort_table.cohorts(view)

left, right = blocks.columns(1, 1)
with left, cards.card("curve", *cards.titles(view, "curve")):
    charts.curve(view)
with right, cards.card("ages", *cards.titles(view, "ages")):
    charts.at_age(view)

with cards.card("gaps", *cards.titles(view, "gaps")):
    charts.intervals(view)

left, right = blocks.columns(1, 1)
with left, cards.card("times", *cards.heads(view, "times", "time_pattern")):
    order_tables.times(view)
with right, cards.card("channels", *cards.heads(view, "channels", "order_channels")):
    order_tables.channels(view)

blocks.comparison(view, METRICS, CUTS)
