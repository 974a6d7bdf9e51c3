"""Lifetime value: what are customers worth, on whom does it rest, is it certain?"""

from dashboard import (
    blocks,
    cards,
    charts,
    filters,
    kpis,
    negatives,
    record,
    shares,
    worth,
)

METRICS = ("clv",)
CUTS = ("tier", "acquisition_channel", "store", "region", "customer_type")

view = filters.current()

left, right = blocks.columns(2, 3)
with left:
    kpis.stacked(view, METRICS)
    with cards.card("worth", *cards.titles(view, "worth")):
        worth.total(view)
with right:
    blocks.trend(view, METRICS, height=380)

blocks.comparison(view, METRICS, CUTS)
with cards.card("parts", *cards.titles(view, "parts")):
    worth.by_segment(view, CUTS)

left, right = blocks.columns(1, 1)
with left, cards.card("clv-bins", *cards.titles(view, "clv_bins")):
    charts.clv_distribution(view)
with right, cards.card("clv-months", *cards.titles(view, "clv_months")):
    charts.clv_cohorts(view)

left, right = blocks.columns(3, 2)
with left, cards.card("lorenz", *cards.heads(view, "lorenz", "lorenz")):
    charts.lorenz(view)
with (
    right,
    cards.card("concentration", *cards.heads(view, "concentration", "concentration")),
):
    shares.concentration(view)

with cards.card("negative", *cards.heads(view, "negative", "negative_clv")):
    negatives.shown(view)

with cards.card("record", *cards.titles(view, "record")):
    record.shown(view)

with cards.card("model", *cards.titles(view, "model")):
    worth.model(view)
