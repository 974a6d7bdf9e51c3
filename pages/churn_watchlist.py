"""Churn watchlist: whom to contact today, why, with what, and does it pay?"""

from dashboard import blocks, cards, charts
from dashboard.watchlist import record, today

view = today.current()

with cards.card("watch-summary"):
    today.summary(view)

with cards.card("watchlist", *cards.titles(view, "watch")):
    today.choices(view)
    today.table(view)

left, right = blocks.columns(1, 1)
with left, cards.card("stop-loss", *cards.titles(view, "stop")):
    record.verdict(view)
with right, cards.card("saved", *cards.titles(view, "saved")):
    record.saved(view)

left, right = blocks.columns(1, 1)
with left, cards.card("record", *cards.titles(view, "churnrule")):
    record.track(view)
with right, cards.card("calibration", *cards.titles(view, "calibration")):
    charts.calibration(view)

with cards.card("precision", *cards.titles(view, "precision")):
    record.precision(view)
