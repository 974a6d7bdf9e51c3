"""Ranked tables: one row per segment with its value, interval and base."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import cards, limits, queries
from dashboard.catalogue import find
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.style import ACCENT, BAD, GOOD
from dashboard.words import label_of, reason_text, say

# Of a long ranking both ends are shown, this many rows each.
END = 20


@dataclass(frozen=True)
class Axis:
    """The scale on which a table draws its intervals, in the metric's unit."""

    low: float
    high: float

    def at(self, number: float) -> float:
        """The position of a number, in percent of the width."""
        share = (number - self.low) / ((self.high - self.low) or 1.0)
        return round(100 * min(max(share, 0.0), 1.0), 2)


# The axis, the threshold and the value of everyone.
Drawn = tuple[Axis, tuple[float | None, float | None]]


def ranked(view: View, metric: str, by: str) -> None:
    """Segments from the lowest to the highest, each as a dot with its interval."""
    question = view.ask(metric, by=by)
    rows = _rows(question)
    if not rows:
        st.html(cards.empty(*_nothing(view, question)))
        return
    st.html(_legend(view, metric) + _table(view, question, rows))


def dimensions(view: View) -> None:
    """Satisfaction by dimension: mean with its interval, and the share of 4 and 5."""
    question = view.ask("csat")
    rows = queries.answer(question).drop_nulls("value").sort("value").to_dicts()
    if not rows:
        st.html(cards.empty(*_nothing(view, question)))
        return
    limit = limits.threshold("csat")
    ink = cards.ink_for(view, "csat")
    axis = _axis(rows, (limit,), ink)
    names = ("dimension", "value", "top2", "n", "range")
    head = _head([say(view.lang, f"col.{name}") for name in names])
    body = "".join(
        _dimension(question, row, ink, (axis, (limit, None))) for row in rows
    )
    st.html(_framed(question, head + body))


def _dimension(question: Question, row: Row, ink: Ink, drawn: Drawn) -> str:
    name = escape(label_of(ink.lang, str(row["dimension"]), "dimension"))
    top2 = inside(Cell(question, row, "top2"), ink.of("share"))
    return (
        f'<tr><td class="name">{name}</td>'
        f'<td class="num"><b>{inside(Cell(question, row), ink)}</b></td>'
        f'<td class="num">{top2}</td>'
        f'<td class="num faint">{inside(Cell(question, row, "n"), ink, "count")}</td>'
        f'<td class="range">{_range(question, row, ink, drawn)}</td></tr>'
    )


def _framed(question: Question, rows: str) -> str:
    return (
        f'<div class="ch-scroll" {stated(question)}>'
        f'<table class="ch-table">{rows}</table></div>'
    )


def _rows(question: Question) -> list[Row]:
    answer = queries.answer(question).drop_nulls("value").sort("value", "segment")
    rows: list[Row] = answer.to_dicts()
    return rows


def _nothing(view: View, question: Question) -> tuple[str, str]:
    row = cards.first_row(question)
    return say(view.lang, "empty.title"), reason_text(view.lang, row.get("reason"))


def _legend(view: View, metric: str) -> str:
    limit = limits.threshold(metric)
    ink = cards.ink_for(view, metric)
    keys = [f'<i class="ch-rule"></i>{escape(say(view.lang, "rank.mean"))}']
    if limit is not None:
        question = view.ask(metric)
        cell = Cell(question, cards.first_row(question), "threshold")
        words = say(view.lang, "chart.threshold", limit=written(cell, ink))
        keys.insert(0, f'<i class="ch-dash"></i>{words}')
        keys.extend(_colours(view.lang, metric))
    spans = "".join(f'<span class="ch-key">{key}</span>' for key in keys)
    return f'<div class="ch-legend">{spans}</div>'


def _colours(lang: str, metric: str) -> list[str]:
    """The dots' colours in words: what lies below, near and above the threshold."""
    high = find(metric).good != "low"
    colours = {"below": BAD, "undecided": ACCENT, "above": GOOD}
    if not high:
        colours |= {"below": GOOD, "above": BAD}
    return [
        f'<i class="ch-spot" style="background:{colour}"></i>'
        f"{escape(say(lang, f'rank.{state}'))}"
        for state, colour in colours.items()
    ]


def _table(view: View, question: Question, rows: Sequence[Row]) -> str:
    metric, ink = question.metric, cards.ink_for(view, question.metric)
    total = cards.first_row(view.ask(metric)).get("value")
    marks = (limits.threshold(metric), total)
    shown = _telling(rows)
    axis = _axis(shown, marks, ink)
    attribute = question.by or ""
    names = (attribute, "value", "n", "range")
    heads = [say(view.lang, f"col.{name}") for name in names[1:]]
    head = _head([say(view.lang, f"by.{attribute}"), *heads])
    name = namer(view.lang, attribute)
    parts = [
        _row(question, row, (name(str(row["segment"])), ink), (axis, marks))
        for row in shown
    ]
    body = "".join(_ends(view.lang, parts)) + _hidden(view.lang, len(rows) - len(shown))
    return _framed(question, head + body)


def _telling(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows too small to rely on leave a long ranking, unless nothing else is there."""
    solid = [row for row in rows if not cards.is_thin(row)]
    return solid if solid and len(rows) > END else rows


def _hidden(lang: str, count: int) -> str:
    if not count:
        return ""
    words = escape(say(lang, "rank.hidden", n=count))
    return f'<tr><td class="faint" colspan="4">{words}</td></tr>'


def _ends(lang: str, rows: list[str]) -> list[str]:
    """Both ends of a long table, and how many rows lie between them."""
    between = len(rows) - 2 * END
    if between <= 1:
        return rows
    words = escape(say(lang, "rank.between", n=between))
    gap = f'<tr><td class="faint" colspan="4">⋮ {words}</td></tr>'
    return [*rows[:END], gap, *rows[-END:]]


def _head(names: Sequence[str]) -> str:
    first, *numbers, last = (escape(name) for name in names)
    middle = "".join(f'<th class="num">{number}</th>' for number in numbers)
    return f"<thead><tr><th>{first}</th>{middle}<th>{last}</th></tr></thead>"


def _axis(rows: Sequence[Row], marks: Sequence[float | None], ink: Ink) -> Axis:
    """The scale of the rows that can be relied on; wider ones run off its ends."""
    bounds = ("value", "ci_low", "ci_high")
    solid = [row for row in rows if not cards.is_thin(row)] or rows
    drawn = [row[c] for row in solid for c in bounds if row.get(c) is not None]
    known = [*drawn, *(mark for mark in marks if mark is not None)]
    if ink.unit in ("money", "count"):
        known = [0.0, *drawn]
    pad = 0.04 * (max(known) - min(known))
    return Axis(min(known) - pad, max(known) + pad)


def _row(question: Question, row: Row, hand: tuple[str, Ink], drawn: Drawn) -> str:
    name, ink = escape(hand[0]), hand[1]
    thin = ' class="thin"' if cards.is_thin(row) else ""
    return (
        f'<tr{thin}><td class="name">{name}</td>'
        f'<td class="num"><b>{inside(Cell(question, row), ink)}</b></td>'
        f'<td class="num faint">{inside(Cell(question, row, "n"), ink, "count")}</td>'
        f'<td class="range">{_range(question, row, ink, drawn)}</td></tr>'
    )


def _range(
    question: Question,
    row: Row,
    ink: Ink,
    drawn: Drawn,
) -> str:
    axis, (limit, total) = drawn
    meaning = {"bad": "below", "good": "above"}.get(row.get("verdict") or "", "")
    title = _spoken(row, ink)
    if ink.unit in ("money", "count"):
        marks, limit, total = _filled(axis, row), None, None
    else:
        marks = _bar(axis, row) + _dot(axis, row)
    lines = _line(axis, total, "mean") + _line(axis, limit, "mark")
    return (
        f'<div class="ch-range {meaning}" title="{escape(title)}">'
        f'<i class="axis"></i>{lines}{marks}</div>'
    )


def _spoken(row: Row, ink: Ink) -> str:
    if row.get("ci_low") is None or row.get("ci_high") is None:
        return ink.value(row["value"])
    low, high = ink.value(row["ci_low"]), ink.value(row["ci_high"])
    return say(ink.lang, "kpi.interval", low=low, high=high)


def _bar(axis: Axis, row: Row) -> str:
    if row.get("ci_low") is None or row.get("ci_high") is None:
        return ""
    low, high = axis.at(row["ci_low"]), axis.at(row["ci_high"])
    return f'<i class="bar" style="left:{low}%;width:{high - low:.2f}%"></i>'


def _dot(axis: Axis, row: Row) -> str:
    return f'<i class="dot" style="left:{axis.at(row["value"])}%"></i>'


def _filled(axis: Axis, row: Row) -> str:
    low, high = axis.at(min(0.0, row["value"])), axis.at(max(0.0, row["value"]))
    return f'<i class="bar" style="left:{low}%;width:{high - low:.2f}%"></i>'


def _line(axis: Axis, number: float | None, kind: str) -> str:
    if number is None:
        return ""
    return f'<i class="{kind}" style="left:{axis.at(number)}%"></i>'
