"""Visits & care: whom do we owe a contact, who is overdue, and who is next?"""

from dashboard import blocks, cards, care_tables, visit_desk, visit_tables

view = visit_tables.current()

with cards.card("visits", *visit_tables.titles(view)):
    visit_tables.summary(view)
    visit_tables.compared(view)

with cards.card("owed", *cards.titles(view, "owed")):
    visit_tables.owed(view)

left, right = blocks.columns(1, 1)
with left, cards.card("record", *cards.titles(view, "visit_record")):
    visit_desk.record(view)
with right, cards.card("loops", *cards.titles(view, "loops")):
    visit_desk.loops(view)

with cards.card("care", *cards.titles(view, "care")):
    care_tables.greetings(view)
