"""Blocks that pages share: a trend with its picker, a comparison with its picker."""

import streamlit as st

from dashboard import cards, charts, filters, tables
from dashboard.catalogue import find
from dashboard.filters import View
from dashboard.words import label, say


def trend(view: View, metrics: tuple[str, ...], height: int = 312) -> None:
    """The trend of the metric that the reader picked."""
    metric = filters.picked("trend", metrics)
    name = label(view.lang, find(metric))
    title = say(view.lang, "trend.title", name=name)
    with cards.card("trend", title, charts.caption(view, metric)):
        labels = [label(view.lang, find(each)) for each in metrics]
        filters.pick(view, "trend", metrics, labels)
        charts.trend(view, metric, height)


def comparison(view: View, metrics: tuple[str, ...], cuts: tuple[str, ...]) -> None:
    """Segments of the picked cut, ranked by the picked metric."""
    metric = filters.picked("trend", metrics)
    title = say(view.lang, "rank.title", name=label(view.lang, find(metric)))
    with cards.card("rank", title, say(view.lang, "rank.sub")):
        offered = tuple(cut for cut in cuts if cut in find(metric).cuts)
        labels = [say(view.lang, f"by.{cut}") for cut in offered]
        cut = filters.pick(view, "cut", offered, labels)
        tables.ranked(view, metric, cut)


def columns(*weights: int) -> list[st.delta_generator.DeltaGenerator]:
    """Columns that stand side by side on a desk and below each other on a phone."""
    return list(st.columns(list(weights), gap="small"))
