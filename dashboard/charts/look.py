"""The look that every figure shares, and how it reaches the page."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards
from dashboard.filters import View
from dashboard.question import Question
from dashboard.style import ACCENT, FONT, NEUTRAL
from dashboard.words import reason_text, say

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
GRID = "rgba(128,140,160,0.18)"


def base(height: int) -> go.Figure:
    """An empty figure: clear ground, quiet grid, nothing to drag."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 12, "t": 14, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13},
        showlegend=False,
        dragmode=False,
        hovermode="x unified",
    )
    axis = {"zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_xaxes(showgrid=False, **axis)
    figure.update_yaxes(gridcolor=GRID, **axis)
    return figure


def note(figure: go.Figure, numbers: Sequence[dict[str, str]]) -> None:
    """State where the figure's numbers come from."""
    figure.update_layout(meta={"numbers": list(numbers)})


def label(figure: go.Figure, text: str, colour: str = NEUTRAL, **place: object) -> None:
    """A quiet label on the figure."""
    figure.add_annotation(
        text=text, showarrow=False, font={"color": colour, "size": 12}, **place
    )


def last_point(figure: go.Figure, day: date, y: float, text: str) -> None:
    """Mark where a line ends and write its value beside it."""
    figure.add_scatter(
        x=[day],
        y=[y],
        mode="markers+text",
        marker={"color": ACCENT, "size": 9},
        text=[f"<b>{text}</b>"],
        textposition="middle right",
        textfont={"size": 15},
        hoverinfo="skip",
        cliponaxis=False,
    )


def drawn(view: View, question: Question, figure: go.Figure | None, name: str) -> bool:
    """Draw a block's figure; where there is none, why, by the answer's reason."""
    if figure is None:
        why = reason_text(view.lang, cards.first_row(question).get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return False
    show(figure, name, alt=say(view.lang, f"{name}.title"))
    return True


def show(figure: go.Figure, key: str, alt: str) -> None:
    """Draw the figure with Streamlit's theme, so that dark and light both fit."""
    st.plotly_chart(figure, key=key, config=CONFIG, alt=alt, theme="streamlit")
