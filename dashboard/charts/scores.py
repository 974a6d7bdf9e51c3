"""How the scores from 0 to 10 are spread, promoters and detractors apart."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, noted
from dashboard.question import Question
from dashboard.style import BAD, GOOD, NEUTRAL

HEIGHT = 270


def scores(view: View) -> None:
    """Share of answers at each score."""
    question = view.ask("score_distribution")
    figure = _figure(view.key, question, view.lang)
    look.drawn(view, question, figure, "scores")


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    answer = queries.answer(question).drop_nulls("value")
    if answer.is_empty():
        return None
    rows = answer.sort(pl.col("segment").cast(pl.Int64)).to_dicts()
    ink = Ink(lang, "share")
    texts = [ink.value(row["value"]) for row in rows]
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode=False, bargap=0.22)
    figure.add_bar(
        x=[row["segment"] for row in rows],
        y=[round(100 * row["value"], 3) for row in rows],
        marker={"color": [_colour(int(row["segment"])) for row in rows]},
        text=texts,
        textposition="outside",
        textangle=0,
        cliponaxis=False,
    )
    figure.update_yaxes(visible=False)
    figure.update_xaxes(type="category", ticks="")
    numbers = zip(rows, texts, strict=True)
    look.note(figure, [noted(Cell(question, row), text) for row, text in numbers])
    return figure


def _colour(score: int) -> str:
    if score >= 9:
        return GOOD
    return NEUTRAL if score >= 7 else BAD
