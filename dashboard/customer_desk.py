"""Follow-ups and contacts of one customer, and the forms to write them."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import desk, formats, queries
from dashboard.book import Book, Pen, Seen, contacts, follow_ups
from dashboard.book.contacts import Contact
from dashboard.book.follow_ups import Task
from dashboard.desk import Form
from dashboard.filters import View
from dashboard.numbers import Row
from dashboard.tier_tables import head_row
from dashboard.words import label_of, say

SHOWN = ("programme", "status", "owner", "due_on", "action")
MADE = ("contacted_on", "kind", "purpose", "outcome", "feedback")
MOST = 8


def follow_up(view: View, customer: str) -> None:
    """What is open, what was done from here, and the forms to go on."""
    mine = desk.read(
        view.lang,
        lambda book: (
            follow_ups.listed(book, customers=[customer]),
            contacts.listed(book, customers=[customer]),
        ),
    )
    if mine is None:
        return
    tasks, made = mine
    _table(view, tasks, SHOWN)
    if tasks.is_empty():
        st.html(f'<div class="ch-sub">{say(view.lang, "desk360.none")}</div>')
    if made.height:
        st.html(f'<div class="ch-sub">{say(view.lang, "desk360.made")}</div>')
        personal = queries.viewer().may_see_personal
        _table(view, made.head(MOST), MADE if personal else MADE[:-1])
    if desk.may_write():
        _forms(view, customer, tasks)


def _forms(view: View, customer: str, tasks: pl.DataFrame) -> None:
    """Buttons that open the forms."""
    left, right = st.columns(2, gap="small")
    with (
        left,
        st.popover(
            say(view.lang, "desk360.record"), icon=":material/call:", width="stretch"
        ),
    ):
        _record(view, customer, tasks)
    with (
        right,
        st.popover(
            say(view.lang, "desk360.plan"), icon=":material/event:", width="stretch"
        ),
    ):
        _plan(view, customer)


def _table(view: View, rows: pl.DataFrame, names: tuple[str, ...]) -> None:
    if rows.is_empty():
        return
    head = head_row(
        [say(view.lang, f"desk360.col.{name}") for name in names], words=len(names)
    )
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(view, row, name)}</td>' for name in names)}</tr>"
        for row in rows.to_dicts()
    )
    table = f'<table class="ch-table">{head}{body}</table>'
    st.html(f'<div class="ch-scroll ch-tall">{table}</div>')


def _cell(view: View, row: Row, name: str) -> str:
    value = row[name]
    if value is None or value == "":
        return formats.DASH
    if isinstance(value, date):
        return f'<span class="ch-id">{formats.short_day(view.lang, value)}</span>'
    kinds = {"programme": "programme", "status": "follow_up", "kind": "contact_kind",
             "outcome": "contact", "purpose": "purpose"}  # fmt: skip
    text = label_of(view.lang, str(value), kinds[name]) if name in kinds else str(value)
    return escape(text)


def _record(view: View, customer: str, tasks: pl.DataFrame) -> None:
    """A contact that has happened; it counts for the follow-up that is open."""
    lang, rows = view.lang, tasks.to_dicts()
    first = rows[0] if rows else None
    seen = Seen(first["id"], first["version"]) if first else None
    form = desk.form(f"contact360-{customer}", seen)
    with st.form(form.key("form"), border=False):
        kind = _choice(lang, form, "kind", contacts.KINDS, "contact_kind")
        purpose = _choice(lang, form, "purpose", contacts.PURPOSES, "purpose")
        outcome = _choice(lang, form, "outcome", contacts.OUTCOMES, "contact")
        day = st.date_input(
            say(lang, "desk360.col.contacted_on"), _today(), key=form.key("day")
        )
        feedback = st.text_area(
            say(lang, "desk360.col.feedback"), key=form.key("feedback"), height=80
        )
        due = st.date_input(say(lang, "desk360.next"), None, key=form.key("due"))
        sent = form.submit(say(lang, "desk360.save"))
    contact = Contact(customer, kind, day, purpose, outcome, feedback, due)

    def write(book: Book, pen: Pen) -> object:
        if form.seen is None:
            return contacts.record(book, pen, contact)
        return follow_ups.contacted(book, pen, form.seen, contact)

    if sent and desk.saved(lang, form, write):
        st.rerun()


def _plan(view: View, customer: str) -> None:
    """A follow-up with an owner and a due day."""
    lang = view.lang
    form = desk.form(f"plan360-{customer}")
    with st.form(form.key("form"), border=False):
        programme = _choice(lang, form, "programme", follow_ups.PROGRAMMES, "programme")
        owner = st.text_input(
            say(lang, "desk360.col.owner"), queries.viewer().name, key=form.key("owner")
        )
        due = st.date_input(
            say(lang, "desk360.col.due_on"), _today(), key=form.key("due")
        )
        action = st.text_input(say(lang, "desk360.col.action"), key=form.key("action"))
        sent = form.submit(say(lang, "desk360.save"))
    task = Task(programme, owner.strip() or None, due, action)
    if sent and desk.saved(
        lang, form, lambda book, pen: _assign(lang, book, pen, (customer, task))
    ):
        st.rerun()


def _assign(lang: str, book: Book, pen: Pen, asked: tuple[str, Task]) -> None:
    customer, task = asked
    found = follow_ups.assign(book, pen, [customer], task)
    for name in ("taken", "held_out"):
        if getattr(found, name):
            st.toast(say(lang, f"desk360.{name}"))


def _choice(
    lang: str, form: Form, name: str, options: tuple[str, ...], words: str
) -> str:
    picked: str = st.selectbox(
        say(lang, f"desk360.col.{name}"),
        options,
        key=form.key(name),
        format_func=lambda code: label_of(lang, code, words),
    )
    return picked


def _today() -> date:
    return datetime.now(ZoneInfo(queries.freshness().timezone)).date()
