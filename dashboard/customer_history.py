"""What happened with a customer, on the page Customer 360: timeline, tiers, habits."""

from html import escape

import streamlit as st

from dashboard import cards, filters, formats, lists, queries
from dashboard.customer_cards import habit_value
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated
from dashboard.question import Question
from dashboard.tier_stays import COLUMNS, stay
from dashboard.tier_tables import framed, head_row, scheme_name
from dashboard.words import label_of, reason_text, say
from metrics.preferences import HABITS

MOST = 60
LINES = 3
"""Values of a habit that are shown."""


def timeline(view: View, customer: str) -> None:
    """The events of the picked kind, the newest first, and files of all."""
    labels = [say(view.lang, f"event.{name}") for name in filters.EVENTS]
    picked = filters.pick(view, "event", filters.EVENTS, labels)
    kind = {} if picked == "all" else {"event": picked}
    question = view.ask("customer_timeline", customer=customer, **kind)
    rows = queries.answer(question).drop_nulls("event")
    if rows.is_empty():
        st.html(cards.empty(say(view.lang, "timeline.none")))
        return
    body = "".join(_event(view, question, row) for row in rows.head(MOST).to_dicts())
    table = f'<table class="ch-table">{body}</table>'
    st.html(f'<div class="ch-scroll" {stated(question)}>{table}</div>')
    if rows.height > MOST:
        st.caption(say(view.lang, "timeline.more", n=MOST))
    lists.files(view, lists.People(question))


def habits(view: View, customer: str) -> None:
    """What the customer buys most, where and when, and when the next is expected."""
    question = view.ask("customer_preferences", customer=customer)
    rows = queries.answer(question).drop_nulls("habit").to_dicts()
    if not rows:
        why = reason_text(view.lang, cards.first_row(question)["reason"])
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    lines = "".join(_habit(view, question, habit, rows) for habit in HABITS)
    st.html(framed(question, lines))
    expected = cards.first_row(view.ask("customer_rhythm", customer=customer))
    if expected["expected_on"]:
        day = formats.day(view.lang, expected["expected_on"])
        st.caption(say(view.lang, "habits.expected", day=day))


def tiers(view: View, customer: str) -> None:
    """The stays of the customer in the tiers of every scheme."""
    names = (say(view.lang, f"stays.col.{name}") for name in COLUMNS)
    head = head_row([say(view.lang, "tiers_held.scheme"), *names], words=5)
    body = ""
    for scheme in queries.schemes():
        question = view.ask("tier_history", scheme=scheme, customer=customer)
        name = f"<td>{escape(scheme_name(view, scheme))}</td>"
        rows = queries.answer(question).reverse().to_dicts()
        body += "".join(
            stay(view, row, name) for row in rows if row.get("from_on") is not None
        )
    if not body:
        st.html(cards.empty(say(view.lang, "stays.none")))
        return
    st.html(
        f'<div class="ch-scroll"><table class="ch-table">{head}{body}</table></div>'
    )


def _event(view: View, question: Question, row: Row) -> str:
    lang, time = view.lang, row["time"] or ""
    words = [say(lang, f"event.{row['event']}")]
    words += [
        label_of(lang, row[name], "event")
        for name in ("kind", "about", "channel", "state")
        if row[name]
    ]
    day = formats.short_day(lang, row["day"])
    first, *rest = (escape(word) for word in words)
    return (
        f'<tr><td class="ch-id">{day} <span class="ch-sub">{time}</span></td>'
        f"<td><b>{first}</b> {' · '.join(rest)}"
        f' <span class="ch-sub ch-id">{escape(row["id"] or "")}</span></td>'
        f'<td class="num">{_number(view, question, row)}</td></tr>'
    )


def _number(view: View, question: Question, row: Row) -> str:
    event, number = row["event"], row["number"]
    if number is None or (event == "interaction" and number == 1):
        return ""
    unit = "money" if row["unit"] == "money" else "count"
    ink = Ink(view.lang, unit, queries.freshness().currency)
    shown = inside(Cell(question, row, "number"), ink)
    return say(view.lang, f"event.number.{event}", number=shown)


def _habit(view: View, question: Question, habit: str, rows: list[Row]) -> str:
    mine = [row for row in rows if row["habit"] == habit][:LINES]
    if not mine:
        return ""
    told = " · ".join(
        f"{escape(habit_value(view, habit, row['segment']))} "
        f'<span class="ch-sub">{inside(Cell(question, row, "share"), _share(view))}'
        "</span>"
        for row in mine
    )
    name = escape(say(view.lang, f"habit.{habit}"))
    return f'<tr><td class="name">{name}</td><td>{told}</td></tr>'


def _share(view: View) -> Ink:
    return Ink(view.lang, "share")
