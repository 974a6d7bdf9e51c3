"""Campaigns: what did each one really cause, how sure is that, and what next?"""

from dashboard import (
    blocks,
    campaign_comparisons,
    campaign_effects,
    campaign_lessons,
    campaign_planner,
    campaign_report,
    campaign_tables,
    cards,
    charts,
)

view = campaign_tables.current()

with cards.card("ranking", *cards.titles(view, "ranking")):
    campaign_tables.ranking(view)

with cards.card("campaign", *cards.titles(view, "campaign")):
    campaign = campaign_tables.picked(view)
    campaign_tables.verdict(view, campaign)

left, right = blocks.columns(1, 1)
with left, cards.card("lifts", *cards.titles(view, "lifts")):
    charts.lifts(view, campaign)
with right, cards.card("guards", *cards.titles(view, "guards")):
    campaign_effects.guards(view, campaign)
    campaign_effects.power(view, campaign)

campaign_comparisons.without_control(view, campaign)

with cards.card("funnel", *cards.titles(view, "funnel")):
    campaign_effects.funnel(view, campaign)

with cards.card("effects", *cards.titles(view, "effects")):
    campaign_effects.effects(view, campaign)

with cards.card("effect-segments", *cards.titles(view, "effect_segments")):
    campaign_effects.segments(view, campaign)

left, right = blocks.columns(1, 1)
with left, cards.card("sales", *cards.titles(view, "sales")):
    charts.sales(view, campaign)
with right, cards.card("path", *cards.titles(view, "path")):
    charts.path(view, campaign)

with cards.card("members", *cards.titles(view, "stage")):
    campaign_tables.members(view, campaign)

with cards.card("lessons", *cards.titles(view, "lessons")):
    campaign_lessons.shown(view, campaign)

with cards.card("report", *cards.titles(view, "report")):
    campaign_report.download(view, campaign)

with cards.card("planner", *cards.titles(view, "planner")):
    campaign_planner.plan(view)
