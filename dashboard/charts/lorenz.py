"""How unequally customers spend: the Lorenz curve, largest customers at the right."""

from collections.abc import Sequence
from itertools import chain

import plotly.graph_objects as go
import streamlit as st

from dashboard import queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, NEUTRAL
from dashboard.words import say

HEIGHT = 330
SHARES = ("customer_share", "revenue_share")
FILL = "rgba(63,116,224,0.12)"


def lorenz(view: View) -> None:
    """Cumulative share of revenue against cumulative share of customers."""
    question = view.ask("lorenz")
    figure = _figure(view.key, question, view.lang)
    look.drawn(view, view.ask("concentration"), figure, "lorenz")


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    rows = queries.answer(question).to_dicts()
    if len(rows) < 2 or "percent" not in rows[0]:
        return None
    ink = Ink(lang, "share")
    cells = [[Cell(question, row, name) for name in SHARES] for row in rows]
    texts = [[ink.value(row[name]) for name in SHARES] for row in rows]
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode="closest")
    _equal(figure, lang)
    _curve(figure, rows, [_hover(lang, *pair) for pair in texts])
    told = zip(chain(*cells), chain(*texts), strict=True)
    look.note(figure, [noted(cell, text) for cell, text in told])
    return figure


def _hover(lang: str, people: str, money: str) -> str:
    return say(lang, "lorenz.hover", people=people, money=money)


def _curve(figure: go.Figure, rows: Sequence[Row], hover: Sequence[str]) -> None:
    x, y = ([round(100 * row[name], 3) for row in rows] for name in SHARES)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        fill="tonexty",
        fillcolor=FILL,
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _equal(figure: go.Figure, lang: str) -> None:
    """The axes, and the line on which all would spend alike."""
    line = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line=line, hoverinfo="skip"
    )
    figure.update_xaxes(range=[0, 100], ticksuffix="%", title=say(lang, "lorenz.x"))
    figure.update_yaxes(ticksuffix="%", title=say(lang, "lorenz.y"))
    place = {"x": 50, "y": 54, "textangle": -28, "xanchor": "center"}
    look.label(figure, say(lang, "lorenz.equal"), NEUTRAL, **place)
