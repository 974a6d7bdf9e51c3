"""Blocks that pages share: a trend with its picker, a comparison with its picker."""

import streamlit as st

from dashboard import cards, charts, filters, queries, tables
from dashboard.catalogue import find
from dashboard.filters import View
from dashboard.question import ATTRIBUTES
from dashboard.words import label, say
from data.quality import DIMENSIONS
from metrics.quality import TOTAL


def trend(view: View, metrics: tuple[str, ...], height: int = 312) -> None:
    """The trend of the metric that the reader picked."""
    offered = _known(view, metrics)
    metric = filters.picked("trend", offered)
    name = label(view.lang, find(metric))
    title = say(view.lang, "trend.title", name=name)
    with cards.card("trend", title, charts.caption(view, metric)):
        if len(offered) > 1:
            labels = [label(view.lang, find(each)) for each in offered]
            filters.pick(view, "trend", offered, labels)
        charts.trend(view, metric, height)


def comparison(view: View, metrics: tuple[str, ...], cuts: tuple[str, ...]) -> None:
    """Segments of the picked cut, ranked by the picked metric."""
    metric = filters.picked("trend", _known(view, metrics))
    title = say(view.lang, "rank.title", name=label(view.lang, find(metric)))
    with cards.card("rank", title, say(view.lang, "rank.sub")):
        offered = _telling(tuple(cut for cut in cuts if cut in find(metric).cuts))
        labels = [say(view.lang, f"by.{cut}") for cut in offered]
        cut = filters.pick(view, "cut", offered, labels)
        tables.ranked(view, metric, cut)


def quality_history(view: View) -> None:
    """The dimension that the reader picked, over the refreshes."""
    offered = (TOTAL, *DIMENSIONS)
    title, sub = (say(view.lang, f"history.{part}") for part in ("title", "sub"))
    with cards.card("quality-history", title, sub):
        labels = [say(view.lang, f"quality.{name}") for name in offered]
        charts.quality(view, filters.pick(view, "dimension", offered, labels))


def _known(view: View, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """The metrics that have a value in this view; all of them where none has."""
    rows = {metric: cards.first_row(view.ask(metric)) for metric in metrics}
    known = tuple(m for m, row in rows.items() if row.get("value") is not None)
    return known or metrics


def _telling(cuts: tuple[str, ...]) -> tuple[str, ...]:
    """The cuts that tell customers apart: an attribute of one value does not."""
    several = tuple(
        cut for cut in cuts if cut not in ATTRIBUTES or len(queries.choices(cut)) > 1
    )
    return several or cuts


def columns(*weights: int) -> list[st.delta_generator.DeltaGenerator]:
    """Columns that stand side by side on a desk and below each other on a phone."""
    return list(st.columns(list(weights), gap="small"))
