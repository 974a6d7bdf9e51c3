"""Overview: is the customer base healthy, what changed, and why?"""

from dashboard import (
    alert_cards,
    blocks,
    cards,
    filters,
    health_parts,
    kpis,
    sentences,
    shares,
    tables_given,
)

HEADLINES = (
    "nps",
    "repurchase_rate",
    "clv",
    "active_customers",
    "revenue",
    "churn_rate",
)
SHOWN = ("health_score", *HEADLINES)
CUTS = ("region", "store", "tier", "customer_type", "acquisition_channel")

view = filters.current()

sentences.summary(view, SHOWN)
with cards.card("alerts", *cards.titles(view, "alerts")):
    alert_cards.in_force(view)
left, right = blocks.columns(1, 2)
with left:
    kpis.stacked(view, ("health_score", "loyalty_index"))
with right, cards.card("health-parts", *cards.titles(view, "health")):
    health_parts.shown(view)
kpis.row(view, HEADLINES)

left, right = blocks.columns(3, 2)
with left:
    blocks.trend(view, SHOWN)
with right, cards.card("changes", *sentences.titles(view)):
    sentences.changes(view, SHOWN)

left, right = blocks.columns(3, 2)
with (
    left,
    cards.card("tiers", *cards.heads(view, "tiers", "tier_distribution")),
):
    shares.tiers(view)
with (
    right,
    cards.card("concentration", *cards.heads(view, "concentration", "concentration")),
):
    shares.concentration(view)

blocks.comparison(view, SHOWN, CUTS)
tables_given.missing(view)
