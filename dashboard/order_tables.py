"""When and through which channels customers buy, on the page Repurchase."""

from html import escape

import streamlit as st

from dashboard import cards, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated
from dashboard.question import Question
from dashboard.style import ACCENT
from dashboard.tier_tables import framed, head_row
from dashboard.words import label_of, reason_text, say

COLUMNS = (
    ("orders", "count"),
    ("share", "share"),
    ("revenue", "money"),
    ("revenue_share", "share"),
)


def times(view: View) -> None:
    """A heat table: a row per hour with purchases, a column per weekday."""
    question = view.ask("time_pattern")
    rows = queries.answer(question).drop_nulls("orders").to_dicts()
    if not any(row["orders"] for row in rows):
        st.html(_nothing(view, question))
        return
    st.html(_table(view, question, rows))


def channels(view: View) -> None:
    """Online and offline, then each channel: purchases, revenue, shares."""
    question = view.ask("order_channels")
    rows = queries.answer(question).drop_nulls("segment").to_dicts()
    if not rows:
        st.html(_nothing(view, question))
        return
    names = ("channel", *(name for name, _ in COLUMNS))
    head = head_row([say(view.lang, f"channels.col.{name}") for name in names], words=1)
    body = "".join(_channel(view, question, row) for row in rows)
    st.html(framed(question, head + body))


def _nothing(view: View, question: Question) -> str:
    why = reason_text(view.lang, cards.first_row(question).get("reason"))
    return cards.empty(say(view.lang, "empty.title"), why)


def _table(view: View, question: Question, rows: list[Row]) -> str:
    most = max(row["orders"] for row in rows)
    found = {(row["weekday"], row["hour"]): row for row in rows}
    busy = [hour for _, hour in found if any(found[d, hour]["orders"] for d in _days())]
    hours = range(min(busy), max(busy) + 1)
    ink = Ink(view.lang, "count")
    heads = "".join(
        f'<th class="num">{escape(say(view.lang, f"habit.weekday.{day}"))}</th>'
        for day in _days()
    )
    body = "".join(
        f'<tr><td class="ch-id ch-nowrap">{hour:02}:00</td>'
        + "".join(_cell(question, found[day, hour], most, ink) for day in _days())
        + "</tr>"
        for hour in hours
    )
    return (
        f'<div class="ch-scroll" {stated(question)}>'
        '<table class="ch-table ch-sums ch-cohorts">'
        f"<thead><tr><th></th>{heads}</tr></thead>{body}</table></div>"
    )


def _days() -> range:
    return range(1, 8)


def _cell(question: Question, row: Row, most: int, ink: Ink) -> str:
    weight = 60 * (row["orders"] / most) ** 0.8
    ground = f"color-mix(in srgb, {ACCENT} {weight:.0f}%, transparent)"
    number = inside(Cell(question, row, "orders"), ink)
    return f'<td class="num" style="background:{ground}">{number}</td>'


def _channel(view: View, question: Question, row: Row) -> str:
    money = cards.ink_for(view, "revenue")
    name = escape(label_of(view.lang, row["segment"], "channel"))
    numbers = "".join(
        f'<td class="num">{inside(Cell(question, row, column), money.of(unit))}</td>'
        for column, unit in COLUMNS
    )
    if row["total"]:
        return f'<tr class="sum"><td class="name"><b>{name}</b></td>{numbers}</tr>'
    return f'<tr><td class="name">{name}</td>{numbers}</tr>'
