"""How many first-time buyers are back within so many days."""

import plotly.graph_objects as go
import streamlit as st

from dashboard import queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT
from dashboard.words import say

HEIGHT = 312


def within(view: View) -> None:
    """The share back within 30 to 365 days, each with its interval and base."""
    question = view.ask("repurchase_within")
    figure = _figure(view.key, question, view.lang)
    look.drawn(view, question, figure, "within")


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).drop_nulls("value").to_dicts()
    if not rows:
        return None
    ink = Ink(lang, "share")
    y = [100 * row["value"] for row in rows]
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode="closest", margin={"t": 24})
    figure.add_scatter(
        x=[row["horizon_days"] for row in rows],
        y=y,
        mode="lines+markers+text",
        line={"color": ACCENT, "width": 2.5},
        marker={"size": 8},
        text=[f"<b>{ink.value(row['value'])}</b>" for row in rows],
        textposition="top left",
        error_y=_bars(rows),
        customdata=[_told(row, ink) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    days = [row["horizon_days"] for row in rows]
    axis = {"tickvals": days, "range": [0, 380], "tickangle": 0}
    figure.update_xaxes(title=say(lang, "within.axis"), **axis)
    figure.update_yaxes(ticksuffix="%", nticks=5, range=[0, 1.25 * max(*y, 1.0)])
    look.note(figure, [each for row in rows for each in _noted(question, row, ink)])
    return figure


def _bars(rows: list[Row]) -> dict[str, object]:
    up = [100 * (row["ci_high"] - row["value"]) for row in rows]
    down = [100 * (row["value"] - row["ci_low"]) for row in rows]
    look_of = {"thickness": 1.2, "width": 4, "color": ACCENT}
    return {"array": up, "arrayminus": down, "symmetric": False, **look_of}


def _told(row: Row, ink: Ink) -> str:
    low, high = ink.value(row["ci_low"]), ink.value(row["ci_high"])
    lines = (
        f"{say(ink.lang, 'within.days', n=row['horizon_days'])}"
        f" <b>{ink.value(row['value'])}</b>",
        say(ink.lang, "kpi.interval", low=low, high=high),
        say(ink.lang, "kpi.n", n=ink.count(row["n"])),
    )
    return "<br>".join(lines)


def _noted(question: Question, row: Row, ink: Ink) -> list[dict[str, str]]:
    shares = ("value", "ci_low", "ci_high")
    found = [noted(Cell(question, row, c), ink.value(row[c])) for c in shares]
    return [*found, noted(Cell(question, row, "n"), ink.count(row["n"]))]
