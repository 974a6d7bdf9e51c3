"""How soon first-time buyers buy again: the curve, and its trend at fixed ages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, formats, queries
from dashboard.charts import look
from dashboard.charts.trend import BAND, MONTH
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted, written
from dashboard.question import Question
from dashboard.style import ACCENT, GOOD, NEUTRAL, WATCH
from dashboard.words import reason_text, say

HEIGHT = 312
TICKS = (0, 90, 180, 365, 730, 1095, 1460, 1825)
AGES = {30: NEUTRAL, 90: ACCENT, 180: GOOD, 365: WATCH}
MONTHS = 37


def curve(view: View) -> None:
    """The share who bought again by days since the first purchase, and the median."""
    _drawn(view, "repurchase_curve", "curve")


def intervals(view: View) -> None:
    """The share of purchase days followed by another, by days, and the median."""
    _drawn(view, "purchase_interval", "gaps")


def _drawn(view: View, metric: str, name: str) -> None:
    question = view.ask(metric)
    figure = _curve(view.key, question, view.lang, name)
    if look.drawn(view, question, figure, name):
        st.html(f'<div class="ch-sub">{_middle(view, question, name)}</div>')


def at_age(view: View) -> None:
    """The share back within fixed numbers of days, by month of the first purchase."""
    question = view.ask("repurchase_at_age")
    figure = _ages(view.key, question, view.lang)
    if figure is not None:
        st.html(_legend(view.lang))
    look.drawn(view, question, figure, "ages")


def _middle(view: View, question: Question, name: str) -> str:
    row = cards.first_row(question)
    if row["median_days"] is None:
        return reason_text(view.lang, row["median_reason"])
    days = written(Cell(question, row, "median_days"), Ink(view.lang, "count"))
    return say(view.lang, f"{name}.median", days=days)


@st.cache_resource(max_entries=64, show_spinner=False)
def _curve(key: str, question: Question, lang: str, name: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).drop_nulls("value").to_dicts()
    if not rows:
        return None
    ink, figure = Ink(lang, "share"), look.base(HEIGHT)
    days = [row["days"] for row in rows]
    figure.update_layout(hovermode="closest", margin={"t": 24, "r": 56})
    _band(figure, rows)
    steps(figure, rows, ink)
    _end(figure, rows[-1], ink)
    figure.update_xaxes(
        title=say(lang, f"{name}.axis"),
        tickvals=[tick for tick in TICKS if tick <= days[-1]],
        range=[0, 1.04 * max(days[-1], 1)],
    )
    figure.update_yaxes(ticksuffix="%", nticks=5, rangemode="tozero")
    look.note(figure, _noted(question, rows[-1], ink))
    return figure


def _noted(question: Question, row: Row, ink: Ink) -> list[dict[str, str]]:
    return [
        noted(Cell(question, row, column), ink.value(row[column]))
        for column in ("value", "ci_low", "ci_high")
        if row[column] is not None
    ]


def _band(figure: go.Figure, rows: Sequence[Row]) -> None:
    known = [row for row in rows if row["ci_low"] is not None]
    plain: dict[str, Any] = {
        "mode": "lines",
        "line": {"width": 0, "shape": "hv"},
        "hoverinfo": "skip",
        "x": [row["days"] for row in known],
    }
    figure.add_scatter(y=[100 * row["ci_high"] for row in known], **plain)
    low = [100 * row["ci_low"] for row in known]
    figure.add_scatter(y=low, fill="tonexty", fillcolor=BAND, **plain)


def steps(
    figure: go.Figure, rows: Sequence[Row], ink: Ink, colour: str = ACCENT
) -> None:
    """A curve in steps, from nobody on the day of the first purchase."""
    figure.add_scatter(
        x=[0, *(row["days"] for row in rows)],
        y=[0, *(100 * row["value"] for row in rows)],
        mode="lines",
        line={"color": colour, "width": 2.5, "shape": "hv"},
        customdata=["", *(_told(row, ink) for row in rows)],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _told(row: Row, ink: Ink) -> str:
    days = say(ink.lang, "within.days", n=row["days"])
    lines = [f"{days} <b>{ink.value(row['value'])}</b>"]
    if row["ci_low"] is not None:
        low, high = ink.value(row["ci_low"]), ink.value(row["ci_high"])
        lines.append(say(ink.lang, "kpi.interval", low=low, high=high))
    lines.append(say(ink.lang, "curve.at_risk", n=ink.count(row["at_risk"])))
    return "<br>".join(lines)


def _end(figure: go.Figure, row: Row, ink: Ink) -> None:
    figure.add_scatter(
        x=[row["days"]],
        y=[100 * row["value"]],
        mode="markers+text",
        marker={"color": ACCENT, "size": 9},
        text=[f"<b>{ink.value(row['value'])}</b>"],
        textposition="middle right",
        textfont={"size": 15},
        hoverinfo="skip",
        cliponaxis=False,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _ages(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).drop_nulls("value").to_dicts()
    if not rows:
        return None
    newest = sorted({row["segment"] for row in rows})[-MONTHS:]
    ink, figure = Ink(lang, "share"), look.base(HEIGHT)
    figure.update_layout(hovermode="closest", margin={"r": 20})
    shown = [row for row in rows if row["segment"] in newest]
    for age, colour in AGES.items():
        _line(figure, [r for r in shown if r["horizon_days"] == age], colour, ink)
    figure.update_xaxes(tickformat=MONTH[lang], nticks=5, tickangle=0)
    figure.update_yaxes(ticksuffix="%", nticks=5, rangemode="tozero")
    drawn = [row for row in shown if row["horizon_days"] in AGES]
    look.note(
        figure, [noted(Cell(question, row), ink.value(row["value"])) for row in drawn]
    )
    return figure


def _line(figure: go.Figure, rows: Sequence[Row], colour: str, ink: Ink) -> None:
    figure.add_scatter(
        x=[_day(row) for row in rows],
        y=[100 * row["value"] for row in rows],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 5, "opacity": [0.4 if r["burn_in"] else 1.0 for r in rows]},
        customdata=[_aged(row, ink) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _aged(row: Row, ink: Ink) -> str:
    low, high = ink.value(row["ci_low"]), ink.value(row["ci_high"])
    days = say(ink.lang, "within.days", n=row["horizon_days"])
    lines = [
        formats.month(ink.lang, _day(row)),
        f"{days} <b>{ink.value(row['value'])}</b>",
        say(ink.lang, "kpi.interval", low=low, high=high),
        say(ink.lang, "kpi.n", n=ink.count(row["n"])),
    ]
    if row["burn_in"]:
        lines.append(say(ink.lang, "growth.burn_in"))
    return "<br>".join(lines)


def _day(row: Row) -> date:
    return date.fromisoformat(f"{row['segment']}-01")


def _legend(lang: str) -> str:
    keys = "".join(
        '<span class="ch-key ch-id">'
        f'<i class="ch-swatch" style="background:{colour}"></i>'
        f"{say(lang, 'within.days', n=age)}</span>"
        for age, colour in AGES.items()
    )
    return f'<div class="ch-legend">{keys}</div>'
