"""How unequally customers spend: the Lorenz curve, largest customers at the right."""

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, noted
from dashboard.question import Question
from dashboard.style import ACCENT, NEUTRAL
from dashboard.words import reason_text, say

HEIGHT = 330
FILL = "rgba(63,116,224,0.12)"


def lorenz(view: View) -> None:
    """Cumulative share of revenue against cumulative share of customers."""
    question = view.ask("lorenz")
    figure = _figure(view.key, question, view.lang)
    if figure is None:
        reason = cards.first_row(view.ask("concentration")).get("reason")
        title = say(view.lang, "empty.title")
        st.html(cards.empty(title, reason_text(view.lang, reason)))
        return
    look.show(figure, "lorenz", alt=say(view.lang, "lorenz.title"))


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    rows = queries.answer(question).to_dicts()
    if len(rows) < 2 or "percent" not in rows[0]:
        return None
    ink = Ink(lang, "share")
    customers, revenue = (
        [100 * row[name] for row in rows]
        for name in ("customer_share", "revenue_share")
    )
    texts = [
        [ink.value(row[n]) for n in ("customer_share", "revenue_share")] for row in rows
    ]
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode="closest")
    diagonal = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line=diagonal, hoverinfo="skip"
    )
    figure.add_scatter(
        x=customers,
        y=revenue,
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        fill="tonexty",
        fillcolor=FILL,
        customdata=[say(lang, "lorenz.hover", people=a, money=b) for a, b in texts],
        hovertemplate="%{customdata}<extra></extra>",
    )
    _axes(figure, lang)
    look.note(
        figure,
        [
            noted(Cell(question, row, name), text)
            for row, pair in zip(rows, texts, strict=True)
            for name, text in zip(
                ("customer_share", "revenue_share"), pair, strict=True
            )
        ],
    )
    return figure


def _axes(figure: go.Figure, lang: str) -> None:
    figure.update_xaxes(range=[0, 100], ticksuffix="%", title=say(lang, "lorenz.x"))
    figure.update_yaxes(ticksuffix="%", title=say(lang, "lorenz.y"))
    equal = {"x": 50, "y": 54, "textangle": -28, "xanchor": "center"}
    look.label(figure, say(lang, "lorenz.equal"), NEUTRAL, **equal)
