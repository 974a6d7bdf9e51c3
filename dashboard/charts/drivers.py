"""Which dimension moves recommendation: importance beside performance."""

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted, written
from dashboard.question import Question
from dashboard.style import ACCENT, BAD, GOOD, NEUTRAL, WATCH
from dashboard.words import label_of, say

HEIGHT = 360
CORNERS = {
    "fix": (0, 1, "left", "top", BAD),
    "keep": (1, 1, "right", "top", GOOD),
    "low": (0, 0, "left", "bottom", NEUTRAL),
    "enough": (1, 0, "right", "bottom", WATCH),
}


def drivers(view: View) -> None:
    """The importance-performance grid, each dimension named beside its dot."""
    question = Question("satisfaction_drivers", view.as_of, view.window, view.where)
    figure = _figure(view.key, question, view.lang)
    if not look.drawn(view, question, figure, "drivers"):
        return
    row = cards.first_row(question)
    text = say(
        view.lang,
        "drivers.base",
        n=written(Cell(question, row, "n"), Ink(view.lang, "count"), "count"),
        dropped=written(
            Cell(question, row, "dropped"), Ink(view.lang, "count"), "count"
        ),
    )
    st.html(f'<div class="ch-sub">{text}</div>')


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    answer = queries.answer(question)
    if not {"importance", "performance"} <= set(answer.columns):
        return None
    rows = answer.drop_nulls(["importance", "performance"]).to_dicts()
    if len(rows) < 2:
        return None
    figure = look.base(HEIGHT)
    figure.update_layout(hovermode="closest", margin={"l": 0, "r": 12, "t": 8, "b": 0})
    _quadrants(figure, rows, lang)
    _dots(figure, rows, lang)
    _titles(figure, rows, lang)
    share, score = Ink(lang, "share"), Ink(lang, "score")
    look.note(
        figure,
        [
            noted(Cell(question, r, "importance"), share.value(r["importance"]))
            for r in rows
        ]
        + [
            noted(Cell(question, r, "performance"), score.value(r["performance"]))
            for r in rows
        ],
    )
    return figure


def _quadrants(figure: go.Figure, rows: list[Row], lang: str) -> None:
    x = sum(row["performance"] for row in rows) / len(rows)
    line = {"color": look.GRID, "width": 1.5}
    figure.add_vline(x=x, line=line)
    figure.add_hline(y=100 / len(rows), line=line)
    for name, (across, up, anchor, edge, colour) in CORNERS.items():
        place = {"xref": "paper", "yref": "paper", "x": across, "y": up}
        text = say(lang, f"drivers.{name}")
        look.label(figure, text, colour, xanchor=anchor, yanchor=edge, **place)


def _dots(figure: go.Figure, rows: list[Row], lang: str) -> None:
    share, score = Ink(lang, "share"), Ink(lang, "score")
    names = [label_of(lang, row["dimension"], "dimension") for row in rows]
    figure.add_scatter(
        x=[round(row["performance"], 4) for row in rows],
        y=[round(100 * row["importance"], 3) for row in rows],
        mode="markers+text",
        marker={"size": 13, "color": ACCENT},
        text=[
            f"<b>{name}</b> {share.value(row['importance'])}"
            for name, row in zip(names, rows, strict=True)
        ],
        textposition=[_beside(row, rows) for row in rows],
        customdata=[
            say(
                lang,
                "drivers.hover",
                name=name,
                importance=share.value(row["importance"]),
                performance=score.value(row["performance"]),
            )
            for name, row in zip(names, rows, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _beside(row: Row, rows: list[Row]) -> str:
    """Where its name has room: over the dot, or under it where another is near."""
    x, y = [r["performance"] for r in rows], [r["importance"] for r in rows]
    left = row["performance"] <= min(x) + 0.15 * (max(x) - min(x))
    right = row["performance"] >= max(x) - 0.15 * (max(x) - min(x))
    near = [
        r
        for r in rows
        if 0 <= row["importance"] - r["importance"] < 0.08 * max(y) and r is not row
    ]
    side = "right" if left else "left" if right else "center"
    return f"{'top' if near or len(rows) == 1 else 'bottom'} {side}"


def _titles(figure: go.Figure, rows: list[Row], lang: str) -> None:
    style = {"size": 12, "color": NEUTRAL}
    figure.update_xaxes(title={"text": say(lang, "drivers.x"), "font": style}, nticks=6)
    figure.update_yaxes(
        title={"text": say(lang, "drivers.y"), "font": style},
        ticksuffix="%",
        nticks=5,
        range=[0, 122 * max(row["importance"] for row in rows)],
    )
