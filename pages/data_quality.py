"""Data quality: can I trust today's numbers, what is broken, and what do I do?"""

from dashboard import (
    blocks,
    cards,
    dimensions,
    doubles,
    fates,
    filters,
    kept,
    trust,
)

view = filters.current()

trust.verdict(view)
trust.refusal(view)
dimensions.tiles(view)

with cards.card("strip", *cards.titles(view, "strip")):
    dimensions.by_table(view)

left, right = blocks.columns(3, 2)
with left, cards.card("rejects", *cards.titles(view, "rejects")):
    fates.rejects(view)
with right:
    blocks.quality_history(view)
    with cards.card("alike", *cards.titles(view, "alike")):
        doubles.listed(view)

with cards.card("fates", *cards.titles(view, "fates")):
    fates.rows(view)

with cards.card("kept", *cards.titles(view, "kept")):
    kept.listed(view)
