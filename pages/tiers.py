"""Tiers: who is in which tier, who moves, and what would other rules do?"""

from dashboard import (
    blocks,
    cards,
    charts,
    filters,
    tier_moves,
    tier_stays,
    tier_tables,
)

view = filters.current()
scheme = tier_tables.scheme(view)

with cards.card("tier-shares", *cards.heads(view, "tier_shares", "tier_distribution")):
    tier_tables.distribution(view, scheme)

left, right = blocks.columns(1, 1)
with left, cards.card("tier-trend", *cards.titles(view, "tier_trend")):
    charts.tier_trend(view, scheme)
with right, cards.card("migration", *cards.titles(view, "migration")):
    tier_moves.migration(view, scheme)

left, right = blocks.columns(1, 1)
with left, cards.card("moves", *cards.titles(view, "moves")):
    tier_moves.moved(view, scheme)
with right, cards.card("crosswalk", *cards.heads(view, "crosswalk", "tier_crosswalk")):
    tier_tables.crosswalk(view, scheme)

with cards.card("stays", *cards.titles(view, "stays")):
    tier_stays.history(view, scheme)

with cards.card("simulator", *cards.titles(view, "simulator")):
    tier_tables.simulator(view, scheme)

with cards.card("rfm", *cards.titles(view, "rfm")):
    tier_tables.grid(view)
