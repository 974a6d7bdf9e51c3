"""A dimension of quality over the refreshes."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, formats, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT
from dashboard.words import say

HEIGHT = 260
TICKS = 3.5
HISTORY = Question("data_quality", by="as_of")


def quality(view: View, dimension: str) -> None:
    """The share that passed at each refresh; one point is no trend."""
    figure = _figure(view.key, view.lang, dimension)
    if figure is None:
        text = say(view.lang, "history.short")
        st.html(cards.empty(say(view.lang, "empty.title"), text))
        return
    name = say(view.lang, f"quality.{dimension}")
    look.show(figure, f"quality_{dimension}", alt=name)


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, lang: str, dimension: str) -> go.Figure | None:
    del key  # it is there for the cache
    found = queries.answer(HISTORY).drop_nulls("value").to_dicts()
    rows = [row for row in found if row["dimension"] == dimension]
    if len(rows) < 2:
        return None
    ink = Ink(lang, "precise")
    figure = look.base(HEIGHT)
    figure.update_layout(margin={"r": 70})
    days = [date.fromisoformat(row["segment"]) for row in rows]
    _line(figure, days, rows, ink)
    ticks = _ticks(days)
    figure.update_xaxes(tickvals=ticks, ticktext=_names(lang, ticks), tickangle=0)
    figure.update_yaxes(nticks=4, ticksuffix="%", range=_range(rows))
    look.note(
        figure, [noted(Cell(HISTORY, row), ink.value(row["value"])) for row in rows]
    )
    return figure


def _line(
    figure: go.Figure, days: Sequence[date], rows: Sequence[Row], ink: Ink
) -> None:
    y = [100 * row["value"] for row in rows]
    hover = [
        f"{formats.day(ink.lang, day)}<br><b>{ink.value(row['value'])}</b>"
        for day, row in zip(days, rows, strict=True)
    ]
    figure.add_scatter(
        x=list(days),
        y=y,
        mode="lines+markers",
        line={"color": ACCENT, "width": 2.5},
        marker={"size": 6},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    look.last_point(figure, days[-1], y[-1], ink.value(rows[-1]["value"]))


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    """From below the worst to just above 100%, so that small falls are seen."""
    worst = 100 * min(row["value"] for row in rows)
    room = max(100 - worst, 0.1)
    return max(0.0, worst - 0.25 * room), 100 + 0.08 * room


def _ticks(days: Sequence[date]) -> list[date]:
    """The last day and earlier ones, as many as stand apart."""
    apart = (days[-1] - days[0]) / TICKS
    found = [days[-1]]
    for day in reversed(days):
        if found[-1] - day >= apart:
            found.append(day)
    return found[::-1]


def _names(lang: str, days: Sequence[date]) -> list[str]:
    return [formats.month_day(lang, day) for day in days]
