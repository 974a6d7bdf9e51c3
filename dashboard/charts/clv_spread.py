"""How lifetime value is spread: over customers, and by month of the first purchase."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, formats, queries
from dashboard.charts import look
from dashboard.charts.trend import BAND, MONTH, money_ticks
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, BAD
from dashboard.words import say

HEIGHT = 300
COHORTS = 36
EVERY = 5


def clv_distribution(view: View) -> None:
    """How many customers lie in each range of lifetime value."""
    question = view.ask("clv_distribution")
    ink = cards.ink_for(view, "clv")
    figure = _bars(view.key, question, ink)
    look.drawn(view, question, figure, "clv_bins")


def clv_cohorts(view: View) -> None:
    """Mean lifetime value by month of the first purchase, with its band."""
    question = view.ask("clv_cohorts")
    ink = cards.ink_for(view, "clv")
    figure = _line(view.key, question, ink)
    look.drawn(view, question, figure, "clv_months")


@st.cache_resource(max_entries=64, show_spinner=False)
def _bars(key: str, question: Question, ink: Ink) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).drop_nulls("customers").to_dicts()
    if not rows:
        return None
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode="closest", bargap=0.08)
    names = [_range(row, ink) for row in rows]
    texts = [ink.count(row["customers"]) for row in rows]
    figure.add_bar(
        x=names,
        y=[row["customers"] for row in rows],
        marker={"color": [BAD if row["low"] is None else ACCENT for row in rows]},
        customdata=[
            f"{name}<br><b>{say(ink.lang, 'clv_bins.hover', n=text)}</b>"
            for name, text in zip(names, texts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(type="category", tickangle=0, **_ticks(rows, names, ink))
    figure.update_yaxes(nticks=5)
    numbers = [
        noted(Cell(question, row, "customers"), text)
        for row, text in zip(rows, texts, strict=True)
    ]
    look.note(figure, numbers)
    return figure


def _ticks(rows: Sequence[Row], names: Sequence[str], ink: Ink) -> dict[str, Any]:
    """The lower end of every fifth range; the last one is open."""
    shown = [
        (name, ink.value(row["low"]))
        for name, row in list(zip(names, rows, strict=True))[::EVERY]
        if row["low"] is not None
    ]
    return {"tickvals": [n for n, _ in shown], "ticktext": [text for _, text in shown]}


def _range(row: Row, ink: Ink) -> str:
    if row["low"] is None:
        return f"< {ink.value(row['high'])}"
    low = ink.value(row["low"])
    return f"≥ {low}" if row["high"] is None else f"{low}–{ink.value(row['high'])}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _line(key: str, question: Question, ink: Ink) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).drop_nulls("value").tail(COHORTS).to_dicts()
    if len(rows) < 2:
        return None
    figure = look.base(HEIGHT)
    days = [date.fromisoformat(f"{row['segment']}-01") for row in rows]
    _band(figure, days, rows)
    texts = [ink.value(row["value"]) for row in rows]
    figure.add_scatter(
        x=days,
        y=[row["value"] for row in rows],
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={"size": 5},
        customdata=[
            f"{formats.month(ink.lang, day)}<br><b>{text}</b>"
            f"<br>{say(ink.lang, 'kpi.n', n=ink.count(row['n']))}"
            for day, text, row in zip(days, texts, rows, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(tickformat=MONTH[ink.lang], nticks=6, tickangle=0)
    highest = [{"value": row["ci_high"] or row["value"]} for row in rows]
    figure.update_yaxes(**money_ticks(highest, ink))
    numbers = [
        noted(Cell(question, row), text) for row, text in zip(rows, texts, strict=True)
    ]
    look.note(figure, numbers)
    return figure


def _band(figure: go.Figure, days: Sequence[date], rows: Sequence[Row]) -> None:
    known = [(d, r) for d, r in zip(days, rows, strict=True) if r["ci_low"] is not None]
    x = [day for day, _ in known]
    shared = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=[row["ci_high"] for _, row in known], **shared)
    low = [max(row["ci_low"], 0.0) for _, row in known]
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=BAND, **shared)
