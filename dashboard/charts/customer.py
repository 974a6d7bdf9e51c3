"""A customer's health score over time, and below it what moved it each time."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from dashboard import formats, queries
from dashboard.charts import look
from dashboard.charts.trend import MONTH
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, BAD, GOOD, NEUTRAL, WATCH
from dashboard.words import say
from metrics.health_change import PARTS

HEIGHT = 360
LINE, BARS = [0.45, 1.0], [0.0, 0.36]
OTHERS = ("#7C68C8", "#A9788F", "#5F7FA8")
COLOURS = dict(zip(PARTS, (NEUTRAL, ACCENT, GOOD, WATCH, *OTHERS, BAD), strict=True))


def customer_scores(view: View, customer: str) -> None:
    """The score by month end, and the exact split of each change."""
    scores = view.ask("customer_scores", customer=customer)
    steps = view.ask("customer_steps", customer=customer)
    figure = _figure(view.key, (scores, steps), view.lang)
    if look.drawn(view, scores, figure, "scores"):
        st.html(_legend(view, steps))


def _legend(view: View, steps: Question) -> str:
    """The parts that moved the score at least once."""
    moved = set(queries.answer(steps)["part"])
    keys = "".join(
        f'<span class="ch-key"><i class="ch-swatch" style="background:{colour}"></i>'
        f"{say(view.lang, f'health.part.{part}')}</span>"
        for part, colour in COLOURS.items()
        if part in moved
    )
    return f'<div class="ch-legend">{keys}</div>'


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, asked: tuple[Question, Question], lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    scores, steps = asked
    rows = queries.answer(scores).drop_nulls("health").to_dicts()
    if len(rows) < 2:
        return None
    figure = look.base(HEIGHT)
    figure.update_layout(barmode="relative", bargap=0.3, margin={"r": 48})
    ink = Ink(lang, "points")
    numbers = _line(figure, scores, rows, ink)
    changes = queries.answer(steps).drop_nulls("part").to_dicts()
    numbers += _bars(figure, steps, changes, Ink(lang, "score"))
    figure.update_layout(
        yaxis={"domain": LINE, "range": [0, 100], "nticks": 5},
        yaxis2={"domain": BARS, "nticks": 4, "gridcolor": look.GRID, "zeroline": True},
    )
    figure.update_xaxes(tickformat=MONTH[lang], nticks=6, tickangle=0)
    look.note(figure, numbers)
    return figure


def _line(
    figure: go.Figure, question: Question, rows: Sequence[Row], ink: Ink
) -> list[dict[str, str]]:
    days = [row["as_of"] for row in rows]
    texts = [ink.value(row["health"]) for row in rows]
    figure.add_scatter(
        x=days,
        y=[row["health"] for row in rows],
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        customdata=[
            f"{formats.day(ink.lang, day)}<br><b>{text}</b>"
            for day, text in zip(days, texts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    look.last_point(figure, days[-1], rows[-1]["health"], texts[-1])
    return [
        noted(Cell(question, row, "health"), text)
        for row, text in zip(rows, texts, strict=True)
    ]


def _bars(
    figure: go.Figure, question: Question, rows: Sequence[Row], ink: Ink
) -> list[dict[str, str]]:
    for part, colour in COLOURS.items():
        mine = [row for row in rows if row["part"] == part]
        name = say(ink.lang, f"health.part.{part}")
        figure.add_bar(
            x=[row["as_of"] for row in mine],
            y=[row["effect"] for row in mine],
            yaxis="y2",
            marker={"color": colour},
            customdata=[f"{name} {ink.change(row['effect'])}" for row in mine],
            hovertemplate="%{customdata}<extra></extra>",
        )
    return [
        noted(Cell(question, row, "effect"), ink.change(row["effect"])) for row in rows
    ]
