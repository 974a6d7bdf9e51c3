"""How soon first-time buyers buy again, and purchase days follow, by segment."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import filters, queries
from dashboard.charts import look, returns
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, BAD, GOOD, OTHER_COLOURS, WATCH, tier_colour
from dashboard.words import say

EVERYBODY = "all"
CUTS = ("tier", "region", "customer_type", "acquisition_channel")
MOST = 6
COLOURS = (ACCENT, GOOD, WATCH, BAD, *OTHER_COLOURS[1:2], OTHER_COLOURS[3])


def curve(view: View) -> None:
    """The curve of everybody, or of each segment of the cut that the reader picks."""
    options = (EVERYBODY, *CUTS)
    labels = [
        say(view.lang, "value.all"),
        *(say(view.lang, f"by.{cut}") for cut in CUTS),
    ]
    cut = filters.pick(view, "curve_cut", options, labels)
    if cut == EVERYBODY:
        returns.curve(view)
        return
    question = view.ask("repurchase_curve", by=cut)
    rows = _largest(question)
    figure = _figure(view.key, question, view.lang) if rows else None
    if look.drawn(view, question, figure, "curve"):
        st.html(_legend(view, cut, rows))


def _largest(question: Question) -> list[Row]:
    """The last point of each of the largest segments' curves, the largest first."""
    known = queries.answer(question).drop_nulls("value")
    last = known.sort("days").group_by("segment", maintain_order=True).last()
    ranked = last.sort("n", "segment", descending=[True, False]).head(MOST)
    rows: list[Row] = ranked.to_dicts()
    return rows


def _colours(cut: str, rows: Sequence[Row]) -> dict[str, str]:
    return {
        row["segment"]: tier_colour(row["segment"], place)
        if cut == "tier"
        else COLOURS[place % len(COLOURS)]
        for place, row in enumerate(rows)
    }


def _legend(view: View, cut: str, rows: Sequence[Row]) -> str:
    """Each segment's colour, and by when half of it had bought again."""
    name, colours = namer(view.lang, cut), _colours(cut, rows)
    keys = "".join(
        '<span class="ch-key"><i class="ch-swatch"'
        f' style="background:{colours[row["segment"]]}"></i>'
        f"{escape(name(row['segment']))}: {_half(view, row)}</span>"
        for row in rows
    )
    return f'<div class="ch-legend">{keys}</div>'


def _half(view: View, row: Row) -> str:
    if row["median_days"] is None:
        return say(view.lang, "curve.half.none")
    return say(view.lang, "curve.half", n=row["median_days"])


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure:
    del key  # it is there for the cache
    ink, figure = Ink(lang, "share"), look.base(returns.HEIGHT)
    ends = _largest(question)
    colours = _colours(question.by or "", ends)
    answer = queries.answer(question).drop_nulls("value").sort("days")
    for segment, colour in colours.items():
        rows = answer.filter(pl.col("segment") == segment).to_dicts()
        returns.steps(figure, rows, ink, colour)
    longest = max(row["days"] for row in ends)
    figure.update_layout(hovermode="closest", margin={"t": 24, "r": 16})
    figure.update_xaxes(
        title=say(lang, "curve.axis"),
        tickvals=[tick for tick in returns.TICKS if tick <= longest],
        range=[0, 1.02 * max(longest, 1)],
    )
    figure.update_yaxes(ticksuffix="%", nticks=5, rangemode="tozero")
    look.note(
        figure, [noted(Cell(question, row), ink.value(row["value"])) for row in ends]
    )
    return figure
