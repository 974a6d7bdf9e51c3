"""Life cycle: where do customers come from and stand, where are most lost?"""

from dashboard import blocks, cards, lifecycle_tables

view = lifecycle_tables.current()

left, right = blocks.columns(2, 3)
with left, cards.card("stages", *cards.titles(view, "stages")):
    lifecycle_tables.stages(view)
with right, cards.card("flows", *cards.titles(view, "flows")):
    lifecycle_tables.flows(view)

left, right = blocks.columns(1, 1)
with left, cards.card("leads", *cards.titles(view, "leads")):
    lifecycle_tables.funnel(view)
with right, cards.card("steps", *cards.titles(view, "steps")):
    lifecycle_tables.steps(view)

with cards.card("cac", *cards.titles(view, "cac")):
    lifecycle_tables.costs(view)
