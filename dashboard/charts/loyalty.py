"""Points of the loyalty programme by month: earned, redeemed, expired, held."""

from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import formats, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, BAD, GOOD, NEUTRAL, WATCH
from dashboard.words import say

HEIGHT, MONTHS = 340, 24
FLOWS = {"earned": GOOD, "adjusted": NEUTRAL, "redeemed": ACCENT, "expired": BAD}
TAKEN = ("redeemed", "expired")


def ledger(view: View) -> None:
    """The last two years of the ledger: what came above the line, what went below."""
    question = view.ask("points_ledger")
    figure = _figure(view.key, question, view.lang)
    if figure is not None:
        st.html(_legend(view.lang))
    look.drawn(view, question, figure, "ledger")


def _legend(lang: str) -> str:
    keys = "".join(
        f'<span class="ch-key"><i class="ch-swatch" style="background:{colour}"></i>'
        f"{say(lang, f'ledger.{name}')}</span>"
        for name, colour in {**FLOWS, "closing": WATCH}.items()
    )
    return f'<div class="ch-legend">{keys}</div>'


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    answer = queries.answer(question)
    if "closing" not in answer.columns or answer.is_empty():
        return None
    rows: list[Row] = answer.tail(MONTHS).to_dicts()
    days = [date.fromisoformat(f"{row['month']}-01") for row in rows]
    figure = look.base(HEIGHT)
    figure.update_layout(barmode="relative", bargap=0.25)
    for name, colour in FLOWS.items():
        sign = -1 if name in TAKEN else 1
        drawn = [sign * row[name] for row in rows]
        hover = [_hover(lang, name, row) for row in rows]
        figure.add_bar(
            x=days, y=drawn, marker={"color": colour}, customdata=hover, **HOVER
        )
    figure.add_scatter(
        x=days,
        y=[row["closing"] for row in rows],
        mode="lines",
        line={"color": WATCH, "width": 2},
        customdata=[_hover(lang, "closing", row) for row in rows],
        **HOVER,
    )
    ticks = days[::-6][::-1]
    labels = [formats.month(lang, day) for day in ticks]
    figure.update_xaxes(
        tickvals=ticks, ticktext=labels, tickangle=0, hoverformat="%Y-%m"
    )
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1})
    names = (*FLOWS, "opening", "closing")
    ink = Ink(lang, "count")
    look.note(
        figure,
        [noted(Cell(question, r, n), ink.value(r[n])) for r in rows for n in names],
    )
    return figure


HOVER = {"hovertemplate": "%{customdata}<extra></extra>"}


def _hover(lang: str, name: str, row: Row) -> str:
    return f"{say(lang, f'ledger.{name}')}: {formats.count(lang, row[name])}"
