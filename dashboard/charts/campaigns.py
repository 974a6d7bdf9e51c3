"""Campaigns drawn: lifts with intervals, the lift over time, sales per day by arm."""

from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, queries
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, noted
from dashboard.question import Question
from dashboard.style import ACCENT, NEUTRAL, OTHER_COLOURS, WATCH
from dashboard.words import label_of, say

BAND = "rgba(63,116,224,0.16)"
HEIGHT = 300
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
DAY = {"zh": "%-m/%-d", "en": "%b %-d"}
RATIO = ("relative", "relative_low", "relative_high")
PATH = ("value", "ci_low", "ci_high")


def lifts(view: View, campaign: str) -> None:
    """The relative lift of each outcome with its interval, against no lift at all."""
    question = view.ask("campaign_effect", campaign=campaign)
    look.drawn(view, question, _lifts(view.key, question, view.lang), "lifts")


def path(view: View, campaign: str) -> None:
    """The lift as it became known, with an interval that may be read at any time."""
    question = view.ask("campaign_path", campaign=campaign)
    if _filtered(view):
        return
    if _read_once(question):
        title = say(view.lang, "path.once.title")
        st.html(cards.empty(title, say(view.lang, "path.once")))
        return
    look.drawn(view, question, _path(view.key, question, view.lang), "path")


def sales(view: View, campaign: str) -> None:
    """Revenue per member and day, by arm."""
    question = view.ask("campaign_monitor", campaign=campaign)
    if not _filtered(view):
        ink = cards.ink_for(view, "revenue")
        look.drawn(view, question, _sales(view.key, question, ink), "sales")


def _read_once(question: Question) -> bool:
    """Whether all windows ended on one day: there is no course to draw."""
    answer = queries.answer(question)
    return "day" in answer.columns and answer["day"].n_unique() == 1


def _filtered(view: View) -> bool:
    """Days are kept for all members together; a filter has none."""
    if view.where:
        title = say(view.lang, "empty.title")
        st.html(cards.empty(title, say(view.lang, "campaigns.filtered")))
    return bool(view.where)


@st.cache_resource(max_entries=64, show_spinner=False)
def _lifts(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = _known(question, RATIO)
    if not rows:
        return None
    ink, names = Ink(lang, "share"), [_name(lang, row) for row in rows]
    figure = look.base(70 + 46 * len(rows))
    figure.update_layout(hovermode="closest")
    figure.add_scatter(
        x=[100 * row["relative"] for row in rows],
        y=names,
        mode="markers+text",
        marker={"size": 10, "color": [_colour(row) for row in rows]},
        error_x={**_bars(rows), "thickness": 2, "width": 5, "color": NEUTRAL},
        text=[ink.relative(row["relative"]) for row in rows],
        textposition="top center",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1.5})
    figure.update_xaxes(ticksuffix="%", nticks=6)
    figure.update_yaxes(autorange="reversed", type="category")
    numbers = [
        noted(Cell(question, row, "relative"), ink.relative(row["relative"]))
        for row in rows
    ]
    look.note(figure, numbers)
    return figure


@st.cache_resource(max_entries=64, show_spinner=False)
def _path(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = _known(question, PATH)
    if not rows:
        return None
    figure, ink = look.base(HEIGHT), Ink(lang, "share")
    arms = sorted({row["arm"] for row in rows})
    for place, arm in enumerate(arms):
        some = [row for row in rows if row["arm"] == arm]
        _band(figure, some)
        _line(figure, some, "value", 100, (label_of(lang, arm, "arm"), place))
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1.5})
    figure.update_layout(showlegend=len(arms) > 1, legend=LEGEND)
    figure.update_xaxes(tickformat=DAY[lang], nticks=5, tickangle=0)
    figure.update_yaxes(ticksuffix="%", nticks=6, range=_settled(rows))
    last = [row for row in rows if row["day"] == rows[-1]["day"]]
    look.note(
        figure, [noted(Cell(question, r), ink.relative(r["value"])) for r in last]
    )
    return figure


@st.cache_resource(max_entries=64, show_spinner=False)
def _sales(key: str, question: Question, ink: Ink) -> go.Figure | None:
    del key  # it is there for the cache
    answer = queries.answer(question)
    if "revenue_per_member" not in answer.columns:
        return None
    rows = answer.drop_nulls("revenue_per_member").to_dicts()
    if not rows:
        return None
    figure = look.base(HEIGHT)
    for place, arm in enumerate(sorted({row["segment"] for row in rows})):
        some = [row for row in rows if row["segment"] == arm]
        name = label_of(ink.lang, arm, "arm")
        _line(figure, some, "revenue_per_member", 1, (name, place))
    figure.update_layout(showlegend=True, legend=LEGEND)
    figure.update_xaxes(tickformat=DAY[ink.lang], nticks=5, tickangle=0)
    figure.update_yaxes(nticks=5, rangemode="tozero")
    look.note(figure, [])
    return figure


def _line(
    figure: go.Figure, rows: list[Row], column: str, scale: int, named: tuple[str, int]
) -> None:
    name, place = named
    colours = (ACCENT, *OTHER_COLOURS)
    figure.add_scatter(
        x=[row["day"] for row in rows],
        y=[round(scale * row[column], 2) for row in rows],
        name=name,
        mode="lines",
        line={"color": colours[place % len(colours)], "width": 2},
    )


def _band(figure: go.Figure, rows: list[Row]) -> None:
    days: list[date] = [row["day"] for row in rows]
    flat = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    high, low = ([100 * row[name] for row in rows] for name in ("ci_high", "ci_low"))
    figure.add_scatter(x=days, y=high, showlegend=False, **flat)
    figure.add_scatter(
        x=days, y=low, fill="tonexty", fillcolor=BAND, showlegend=False, **flat
    )


def _settled(rows: list[Row]) -> list[float]:
    """The span of the later half: the first intervals are too wide to draw whole."""
    later = rows[len(rows) // 2 :]
    low, high = min(r["ci_low"] for r in later), max(r["ci_high"] for r in later)
    return [100 * min(1.3 * low, -0.05), 100 * max(1.3 * high, 0.05)]


def _known(question: Question, names: tuple[str, str, str]) -> list[Row]:
    answer = queries.answer(question)
    if names[0] not in answer.columns or "arm" not in answer.columns:
        return []
    order = ["day", "arm"] if "day" in answer.columns else []
    known = answer.drop_nulls(list(names))
    rows: list[Row] = (known.sort(order) if order else known).to_dicts()
    return rows


def _bars(rows: list[Row]) -> dict[str, object]:
    up = [100 * (row["relative_high"] - row["relative"]) for row in rows]
    down = [100 * (row["relative"] - row["relative_low"]) for row in rows]
    return {"array": up, "arrayminus": down, "symmetric": False}


def _colour(row: Row) -> str:
    """What is found stands out; what may be chance does not."""
    clear = row["relative_low"] > 0 or row["relative_high"] < 0
    if not clear:
        return NEUTRAL
    return ACCENT if row["relative"] > 0 else WATCH


def _name(lang: str, row: Row) -> str:
    name = say(lang, f"outcome.{row['outcome']}")
    if row["primary"]:
        name = f"<b>{name}</b>"
    return name if row["arm"] == "treatment" else f"{row['arm']} · {name}"
