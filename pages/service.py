"""Service & complaints: what is past a promise, how long do customers wait, and why?"""

from dashboard import blocks, cards, filters, service_numbers, ticket_lists

view = filters.current()

with cards.card("now", *ticket_lists.titles(view)):
    ticket_lists.now(view)

service_numbers.tiles(view)

with cards.card("loop", *cards.heads(view, "loop", "complaint_loop")):
    service_numbers.loop(view)

with cards.card("desks", *service_numbers.desk_titles(view)):
    service_numbers.desks(view)

left, right = blocks.columns(3, 2)
with left, cards.card("pareto", *cards.heads(view, "pareto", "complaint_pareto")):
    service_numbers.pareto(view)
with right, cards.card("mix", *cards.heads(view, "mix", "tickets")):
    service_numbers.mix(view)

with cards.card("monthly", *cards.titles(view, "monthly")):
    service_numbers.trend(view)
