"""The churn model's calibration drawn: what was said beside what came."""

import plotly.graph_objects as go
import streamlit as st

from dashboard import queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, NEUTRAL
from dashboard.words import say

COLOURS = {"model": ACCENT, "recency": NEUTRAL}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
HEIGHT = 340


def calibration(view: View) -> None:
    """Ten groups by probability: the share that left, with its interval."""
    question = view.ask("churn_calibration")
    look.drawn(view, question, _curve(view.key, question, view.lang), "calibration")


@st.cache_resource(max_entries=16, show_spinner=False)
def _curve(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    answer = queries.answer(question)
    if answer.is_empty() or "predicted" not in answer.columns:
        return None
    figure, ink = look.base(HEIGHT), Ink(lang, "share")
    line = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line=line, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    numbers = []
    for name, colour in COLOURS.items():
        rows: list[Row] = answer.filter(segment=name).to_dicts()
        _points(figure, rows, say(lang, f"churnrule.rule.{name}"), colour)
        numbers += [noted(Cell(question, row), ink.value(row["value"])) for row in rows]
    figure.update_layout(showlegend=True, legend=LEGEND, hovermode="closest")
    for update, name in ((figure.update_xaxes, "said"), (figure.update_yaxes, "came")):
        update(
            ticksuffix="%", range=[-3, 103], title_text=say(lang, f"calibration.{name}")
        )
    look.note(figure, numbers)
    return figure


def _points(figure: go.Figure, rows: list[Row], name: str, colour: str) -> None:
    up, down = ([100 * abs(row[bound] - row["value"]) for row in rows]
                for bound in ("ci_high", "ci_low"))  # fmt: skip
    figure.add_scatter(
        x=[round(100 * row["predicted"], 2) for row in rows],
        y=[round(100 * row["value"], 2) for row in rows],
        error_y={"array": up, "arrayminus": down, "symmetric": False, "width": 3,
                 "thickness": 1.2, "color": colour},
        mode="markers",
        marker={"color": colour, "size": 8},
        name=name,
    )  # fmt: skip
