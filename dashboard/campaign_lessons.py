"""What was learnt from a campaign: the lessons that stand, and a form for another."""

from datetime import datetime
from html import escape

import streamlit as st

from dashboard import cards, desk, queries
from dashboard.book import Seen, lessons
from dashboard.filters import View
from dashboard.formats import moment
from dashboard.numbers import Row
from dashboard.words import say


def shown(view: View, campaign: str) -> None:
    """The lessons of a campaign, the newest first, and the form."""
    rows = desk.read(view.lang, lambda book: lessons.listed(book, campaign))
    if rows is None:
        return
    if rows.is_empty():
        st.html(cards.empty(say(view.lang, "lessons.none")))
    for row in rows.to_dicts():
        _lesson(view, row)
    if desk.may_write():
        _note(view, campaign)


def _lesson(view: View, row: Row) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", key=f"lesson-{row['id']}"
    ):
        at = datetime.fromisoformat(row["written_at"])
        day = moment(view.lang, at, queries.freshness().timezone)
        st.html(
            f'<div class="ch-change">{escape(row["lesson"])}'
            f'<span class="why">{escape(row["written_by"])} · {day}</span></div>',
            width="stretch",
        )
        if desk.may_write():
            _take_back(view, row)


def _take_back(view: View, row: Row) -> None:
    form = desk.form(f"unlesson-{row['id']}", Seen(row["id"], row["version"]))
    label = say(view.lang, "lessons.withdraw")
    clicked = st.button(label, key=form.key("send"), type="tertiary")
    seen = form.seen
    if (
        clicked
        and seen
        and desk.saved(
            view.lang, form, lambda book, pen: lessons.withdraw(book, pen, seen)
        )
    ):
        st.rerun()


def _note(view: View, campaign: str) -> None:
    form = desk.form(f"lesson-{campaign}")
    with st.form(form.key("form"), border=False):
        text = st.text_area(
            say(view.lang, "lessons.new"), key=form.key("text"), height=80
        )
        sent = form.submit(say(view.lang, "lessons.save"))
    if sent and desk.saved(
        view.lang, form, lambda book, pen: lessons.note(book, pen, campaign, text)
    ):
        st.rerun()
