"""Satisfaction: would our customers recommend us, and what should we fix first?"""

from dashboard import blocks, cards, charts, comments, filters, kpis, sentences, tables
from dashboard.words import say

METRICS = ("nps", "response_rate")
CUTS = (
    "region",
    "tier",
    "store",
    "acquisition_channel",
    "mode",
    "employee",
    "customer_type",
)

view = filters.current()

left, right = blocks.columns(2, 3)
with left:
    kpis.stacked(view, METRICS)
    with cards.card("changes", *sentences.titles(view)):
        sentences.changes(view, METRICS)
with right:
    blocks.trend(view, METRICS, height=430)

blocks.comparison(view, METRICS, CUTS)

left, right = blocks.columns(1, 1)
with (
    left,
    cards.card("drivers", *cards.heads(view, "drivers", "satisfaction_drivers")),
):
    charts.drivers(view)
with (
    right,
    cards.card("csat", *cards.heads(view, "csat", "csat")),
):
    tables.dimensions(view)

left, right = blocks.columns(1, 1)
with (
    left,
    cards.card("scores", *cards.heads(view, "scores", "score_distribution")),
):
    charts.scores(view)
with (
    right,
    cards.card(
        "comments", say(view.lang, "comments.title"), say(view.lang, "comments.sub")
    ),
):
    comments.latest(view)
