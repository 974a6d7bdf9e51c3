"""Service drawn: a metric by month opened, and what complaints are about."""

from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, formats, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, NEUTRAL, WATCH
from dashboard.words import label_of

HEIGHT, TOP = 300, 1.18
WINDOW = "395"
"""Days of a trend: thirteen months, of which the first may be told in part."""

BAND = "rgba(63,116,224,0.16)"


def monthly(view: View, metric: str) -> None:
    """A metric of the tickets opened in each month of a year."""
    question = replace(view, window=WINDOW).ask(metric, by="month")
    ink = cards.ink_for(view, metric)
    look.drawn(view, question, _monthly(view.key, question, ink), "monthly")


def pareto(view: View, by: str) -> None:
    """Complaints from the most frequent on, and the share so far."""
    question = view.ask("complaint_pareto", by=by)
    look.drawn(view, question, _pareto(view.key, question, view.lang), "pareto")


@st.cache_resource(max_entries=64, show_spinner=False)
def _monthly(key: str, question: Question, ink: Ink) -> go.Figure | None:
    del key  # it is there for the cache
    answer = queries.answer(question)
    if "ci_low" not in answer.columns and question.metric != "tickets":
        return None
    rows = answer.drop_nulls("value").sort("segment").to_dicts()[1:]
    if len(rows) < 2:
        return None
    figure, scale = look.base(HEIGHT), 100 if ink.unit == "share" else 1
    months = [date.fromisoformat(f"{row['segment']}-01") for row in rows]
    names = [formats.month(ink.lang, month) for month in months]
    _band(figure, names, rows, scale)
    figure.add_scatter(
        x=names,
        y=[scale * row["value"] for row in rows],
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        text=[ink.value(row["value"]) for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_xaxes(nticks=7, tickangle=0, type="category")
    figure.update_yaxes(nticks=5, ticksuffix="%" if scale == 100 else "")
    if ink.unit in ("hours", "count"):
        figure.update_yaxes(rangemode="tozero")
    look.note(
        figure, [noted(Cell(question, row), ink.value(row["value"])) for row in rows]
    )
    return figure


def _band(figure: go.Figure, names: list[str], rows: list[Row], scale: int) -> None:
    """The interval of each month, where all of them have one."""
    bounds = [[row.get(name) for row in rows] for name in ("ci_high", "ci_low")]
    if any(each is None for bound in bounds for each in bound):
        return
    flat = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    high, low = ([scale * (each or 0) for each in bound] for bound in bounds)
    figure.add_scatter(x=names, y=high, **flat)
    figure.add_scatter(x=names, y=low, fill="tonexty", fillcolor=BAND, **flat)


@st.cache_resource(max_entries=64, show_spinner=False)
def _pareto(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    answer = queries.answer(question)
    if "share_so_far" not in answer.columns or not answer["value"].sum():
        return None
    rows, figure = answer.to_dicts(), look.base(HEIGHT)
    names = [label_of(lang, row["segment"], question.by or "type") for row in rows]
    _bars(figure, names, rows, Ink(lang, "count"))
    _so_far(figure, names, rows, Ink(lang, "share"))
    figure.update_layout(
        hovermode=False,
        yaxis={"range": [0, TOP * sum(row["value"] for row in rows)]},
        yaxis2={
            "overlaying": "y",
            "range": [0, 100 * TOP],
            "visible": False,
            "fixedrange": True,
        },
    )
    look.note(figure, [_noted(question, row, lang) for row in rows])
    return figure


def _bars(figure: go.Figure, names: list[str], rows: list[Row], ink: Ink) -> None:
    figure.add_bar(
        x=names,
        y=[row["value"] for row in rows],
        text=[ink.value(row["value"]) for row in rows],
        textposition="inside",
        marker={"color": ACCENT},
        hoverinfo="skip",
        width=0.55,
    )


def _so_far(figure: go.Figure, names: list[str], rows: list[Row], ink: Ink) -> None:
    """The line of shares; on its axis 100% is as high as all complaints are."""
    figure.add_scatter(
        x=names,
        y=[100 * row["share_so_far"] for row in rows],
        yaxis="y2",
        mode="lines+markers+text",
        line={"color": WATCH, "width": 2},
        text=[ink.value(row["share_so_far"]) for row in rows],
        textposition="top center",
        textfont={"color": NEUTRAL, "size": 12},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _noted(question: Question, row: Row, lang: str) -> dict[str, str]:
    cell = Cell(question, row)
    return noted(cell, Ink(lang, "count").value(row["value"]))
