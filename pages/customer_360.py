"""Customer 360: who is this customer, how do we stand, and what is next?"""

from dashboard import (
    blocks,
    cards,
    charts,
    customer_cards,
    customer_desk,
    customer_history,
    customer_search,
)

view = customer_search.current()
customer = customer_search.chosen(view)
customer_cards.head(view, customer)

left, right = blocks.columns(1, 1)
with left, cards.card("next-action", *cards.titles(view, "action")):
    customer_cards.next_action(view, customer)
with right, cards.card("follow-ups", *cards.titles(view, "desk360")):
    customer_desk.follow_up(view, customer)

customer_cards.facts(view, customer)

left, right = blocks.columns(3, 2)
with left, cards.card("timeline", *cards.titles(view, "timeline")):
    customer_history.timeline(view, customer)
with right, cards.card("habits", *cards.titles(view, "habits")):
    customer_history.habits(view, customer)
with right, cards.card("customer-tiers", *cards.titles(view, "tiers_held")):
    customer_history.tiers(view, customer)

with cards.card("customer-scores", *cards.titles(view, "customer_scores")):
    charts.customer_scores(view, customer)
