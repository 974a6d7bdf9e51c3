"""A metric over its month ends, with the interval as a band and the threshold."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, formats, limits, queries
from dashboard.catalogue import find
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, WATCH
from dashboard.words import label, reason_text, say

BAND = "rgba(63,116,224,0.16)"
MONTHS = 37
HEIGHT = 312
# Plotly writes the ticks in the browser, as many as fit the width.
MONTH = {"zh": "%Y年%-m月", "en": "%b %Y"}


def trend(view: View, metric: str, height: int = HEIGHT, place: str = "page") -> None:
    """The trend of one metric for this view."""
    question = view.ask(metric, by="as_of")
    ink = cards.ink_for(view, metric)
    figure = _figure(view.key, question, ink, height)
    if figure is None:
        reason = cards.first_row(view.ask(metric)).get("reason")
        title = say(view.lang, "empty.title")
        st.html(cards.empty(title, reason_text(view.lang, reason)))
        return
    look.show(figure, f"trend_{place}_{metric}", alt=label(view.lang, find(metric)))


def caption(view: View, metric: str) -> str:
    """What the trend shows; the band is named only where there is one."""
    answer = queries.answer(view.ask(metric, by="as_of"))
    banded = "ci_low" in answer.columns and answer["ci_low"].count() > 0
    return say(view.lang, "trend.sub" if banded else "trend.sub.plain")


@st.cache_resource(max_entries=256, show_spinner=False)
def _figure(key: str, question: Question, ink: Ink, height: int) -> go.Figure | None:
    rows = queries.answer(question).sort("segment").tail(MONTHS).to_dicts()
    known = [row for row in rows if row["value"] is not None]
    if len(known) < 2:
        return None
    figure = look.base(height)
    figure.update_layout(margin={"r": 64})
    days = [date.fromisoformat(row["segment"]) for row in known]
    _band(figure, days, known, ink)
    _line(figure, days, known, ink)
    _threshold(figure, question, ink)
    _axes(figure, days, known, ink)
    look.note(figure, _numbers(question, known, ink))
    return figure


def _numbers(question: Question, rows: Sequence[Row], ink: Ink) -> list[dict[str, str]]:
    """Every value that the line or its hover text says, and the threshold."""
    values = [noted(Cell(question, row), ink.value(row["value"])) for row in rows]
    limit = rows[-1].get("threshold")
    if limit is None:
        return values
    return [*values, noted(Cell(question, rows[-1], "threshold"), ink.value(limit))]


def _band(
    figure: go.Figure, days: Sequence[date], rows: Sequence[Row], ink: Ink
) -> None:
    inside = [
        (day, _scaled(ink, row["ci_low"]), _scaled(ink, row["ci_high"]))
        for day, row in zip(days, rows, strict=True)
        if row.get("ci_low") is not None and row.get("ci_high") is not None
    ]
    if not inside:
        return
    shared: dict[str, Any] = {
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    x = [day for day, _, _ in inside]
    figure.add_scatter(x=x, y=[high for _, _, high in inside], **shared)
    low = [low for _, low, _ in inside]
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=BAND, **shared)


def _line(
    figure: go.Figure, days: Sequence[date], rows: Sequence[Row], ink: Ink
) -> None:
    y = [_scaled(ink, row["value"]) for row in rows]
    figure.add_scatter(
        x=list(days),
        y=y,
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        customdata=[_hover(ink, day, row) for day, row in zip(days, rows, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    look.last_point(figure, days[-1], y[-1], ink.value(rows[-1]["value"]))


def _hover(ink: Ink, day: date, row: Row) -> str:
    lines = [f"{formats.day(ink.lang, day)}<br><b>{ink.value(row['value'])}</b>"]
    if row.get("ci_low") is not None and row.get("ci_high") is not None:
        low, high = ink.value(row["ci_low"]), ink.value(row["ci_high"])
        lines.append(say(ink.lang, "kpi.interval", low=low, high=high))
    lines.append(say(ink.lang, "kpi.n", n=ink.count(row["n"])))
    return "<br>".join(lines)


def _threshold(figure: go.Figure, question: Question, ink: Ink) -> None:
    limit = limits.threshold(question.metric)
    if limit is None:
        return
    y = _scaled(ink, limit)
    figure.add_hline(y=y, line={"color": WATCH, "width": 1.5, "dash": "dash"})
    text = say(ink.lang, "chart.threshold", limit=ink.value(limit))
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": y, "yshift": 10}
    look.label(figure, text, WATCH, **place)


def _axes(
    figure: go.Figure, days: Sequence[date], rows: Sequence[Row], ink: Ink
) -> None:
    end = days[-1] + (days[-1] - days[0]) / 60
    figure.update_xaxes(range=[days[0], end])
    figure.update_xaxes(tickformat=MONTH[ink.lang], nticks=4, tickangle=0)
    figure.update_yaxes(nticks=5, ticksuffix="%" if ink.unit == "share" else "")
    if ink.unit in ("money", "count"):
        figure.update_yaxes(**money_ticks(rows, ink))


def money_ticks(rows: Sequence[Row], ink: Ink) -> dict[str, Any]:
    """Five round ticks from zero, in the reader's own large units."""
    top = max(row["value"] for row in rows) * 1.12 or 1.0
    step = _round_step(top / 4)
    ticks = [step * position for position in range(6) if step * position <= top]
    texts = [ink.value(tick) for tick in ticks]
    return {"range": [0, top], "tickvals": ticks, "ticktext": texts}


def _round_step(rough: float) -> float:
    size = 10.0 ** (len(str(int(max(rough, 1)))) - 1)
    return next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= rough * 0.9)


def _scaled(ink: Ink, number: float) -> float:
    return round(number * 100, 3) if ink.unit == "share" else round(number, 4)
