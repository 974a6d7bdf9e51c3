"""Loyalty programme: who is in it, do the points add up, does it pay?"""

from dashboard import blocks, cards, charts, loyalty_tables

view = loyalty_tables.current()

loyalty_tables.facts(view)

left, right = blocks.columns(3, 2)
with left, cards.card("levels", *cards.titles(view, "levels")):
    loyalty_tables.levels(view)
with right, cards.card("ledger", *cards.titles(view, "ledger")):
    charts.ledger(view)

with cards.card("reconcile", *cards.titles(view, "reconcile")):
    loyalty_tables.reconciliation(view)

left, right = blocks.columns(1, 1)
with left, cards.card("expiry", *cards.titles(view, "expiry")):
    loyalty_tables.expiry(view)
with right, cards.card("moves", *cards.titles(view, "members_moved")):
    loyalty_tables.moves(view)

with cards.card("compare", *cards.titles(view, "compare")):
    loyalty_tables.comparison(view)
