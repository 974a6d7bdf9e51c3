"""Where each month's buyers come from and who left, with the quick ratio below."""

from collections.abc import Sequence
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

HEIGHT = 400
MONTHS = 24
FLOWS = {"retained": NEUTRAL, "resurrected": ACCENT, "new": GOOD, "lapsed": BAD}
NUMBERS = (*FLOWS, "buyers", "quick_ratio")
BARS, RATIO = [0.32, 1.0], [0.0, 0.2]


def growth(view: View) -> None:
    """The last two years of growth accounting; months in doubt are paler."""
    question = view.ask("growth_accounting")
    figure = _figure(view.key, question, view.lang)
    if figure is not None:
        st.html(_legend(view))
    look.drawn(view, question, figure, "growth")


def _legend(view: View) -> str:
    names = {flow: _name(view.lang, flow, bool(view.where)) for flow in FLOWS}
    keys = "".join(
        f'<span class="ch-key"><i class="ch-swatch" style="background:{colour}"></i>'
        f"{names[flow]}</span>"
        for flow, colour in FLOWS.items()
    )
    return f'<div class="ch-legend">{keys}</div>'


def _name(lang: str, flow: str, filtered: bool) -> str:  # noqa: FBT001 a word, not a switch
    moved = filtered and flow in ("resurrected", "lapsed")
    return say(lang, f"growth.{flow}.moved" if moved else f"growth.{flow}")


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str) -> go.Figure | None:
    del key  # it is there for the cache
    rows = queries.answer(question).tail(MONTHS).to_dicts()
    if not any(row.get("buyers") for row in rows):
        return None
    figure = look.base(HEIGHT)
    figure.update_layout(barmode="relative", bargap=0.25, yaxis={"domain": BARS})
    days = [date.fromisoformat(f"{row['month']}-01") for row in rows]
    _bars(figure, days, rows)
    _hover(figure, days, rows, (lang, bool(question.where)))
    _ratio(figure, days, rows, lang)
    figure.update_xaxes(
        tickvals=_ticks(days),
        ticktext=[formats.month(lang, day) for day in _ticks(days)],
        tickangle=0,
        anchor="y2",
    )
    look.note(figure, [each for row in rows for each in _noted(question, row, lang)])
    return figure


def _ticks(days: Sequence[date]) -> list[date]:
    return list(days[::-8])[::-1]


def _ink(lang: str, column: str) -> Ink:
    return Ink(lang, "score" if column == "quick_ratio" else "count")


def _noted(question: Question, row: Row, lang: str) -> list[dict[str, str]]:
    return [
        noted(Cell(question, row, column), _ink(lang, column).value(row[column]))
        for column in NUMBERS
        if row[column] is not None
    ]


def _bars(figure: go.Figure, days: Sequence[date], rows: Sequence[Row]) -> None:
    pale = [0.45 if row["running"] or row["burn_in"] else 1.0 for row in rows]
    for flow, colour in FLOWS.items():
        sign = -1 if flow == "lapsed" else 1
        figure.add_bar(
            x=list(days),
            y=[sign * row[flow] for row in rows],
            marker={"color": colour, "opacity": pale, "line": {"width": 0}},
            hoverinfo="skip",
        )
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1})
    figure.update_yaxes(nticks=5)


def _hover(
    figure: go.Figure,
    days: Sequence[date],
    rows: Sequence[Row],
    hand: tuple[str, bool],
) -> None:
    """One text for a month, whichever of its bars is under the pointer."""
    figure.add_scatter(
        x=list(days),
        y=[row["buyers"] for row in rows],
        mode="markers",
        marker={"opacity": 0},
        customdata=[_told(row, *hand) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _told(row: Row, lang: str, filtered: bool) -> str:  # noqa: FBT001 a word, not a switch
    names = {flow: _name(lang, flow, filtered) for flow in reversed(FLOWS)}
    lines = [f"{name} <b>{_value(row, flow, lang)}</b>" for flow, name in names.items()]
    buyers = _value(row, "buyers", lang)
    lines.insert(0, f"{say(lang, 'growth.buyers')} <b>{buyers}</b>")
    if row["quick_ratio"] is not None:
        ratio = _value(row, "quick_ratio", lang)
        lines.append(f"{say(lang, 'growth.ratio')} <b>{ratio}</b>")
    doubts = [say(lang, f"growth.{name}") for name in DOUBTS if row[name]]
    return "<br>".join([*lines, *doubts])


DOUBTS = ("running", "burn_in")


def _value(row: Row, column: str, lang: str) -> str:
    return _ink(lang, column).value(row[column])


def _ratio(
    figure: go.Figure, days: Sequence[date], rows: Sequence[Row], lang: str
) -> None:
    """The quick ratio of months that are over, below the bars."""
    known = [
        (day, row)
        for day, row in zip(days, rows, strict=True)
        if row["quick_ratio"] is not None and not row["running"]
    ]
    axis = {"domain": RATIO, "anchor": "x", "gridcolor": look.GRID, "nticks": 3}
    axis |= {"zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_layout(yaxis2={**axis, "rangemode": "tozero"}, margin={"r": 52})
    if not known:
        return
    line = {"color": WATCH, "width": 2.2}
    texts = ["" for _ in known[:-1]] + [
        f"<b>{_value(known[-1][1], 'quick_ratio', lang)}</b>"
    ]
    figure.add_scatter(
        x=[day for day, _ in known],
        y=[row["quick_ratio"] for _, row in known],
        yaxis="y2",
        mode="lines+text",
        line=line,
        text=texts,
        textfont={"size": 14, "color": WATCH},
        textposition="top right",
        hoverinfo="skip",
        cliponaxis=False,
    )
    dash = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, yref="y2", y0=1, y1=1, line=dash
    )
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0.27}
    look.label(figure, say(lang, "growth.ratio.title"), WATCH, **place)
