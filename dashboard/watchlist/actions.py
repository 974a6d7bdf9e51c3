"""What is done with the list: give it out, record a contact, snooze, close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import desk, queries, reach, state
from dashboard.answers.churn import candidates
from dashboard.answers.view import look
from dashboard.book import Book, Pen, Seen, contacts, control, follow_ups
from dashboard.book.contacts import Contact
from dashboard.book.follow_ups import Task
from dashboard.desk import Form
from dashboard.filters import View
from dashboard.numbers import Row
from dashboard.question import Question
from dashboard.watchlist.held import PROGRAMME, terms
from dashboard.words import label_of, say

SOON = timedelta(days=7)
KINDS, OUTCOMES = contacts.KINDS, contacts.OUTCOMES
SHOWN = "watch_shown"
Shown = tuple[list[Row], dict[str, Row]]
Write = Callable[[Book, Pen], object]


@dataclass(frozen=True)
class Listed:
    """Customers in the order of the list, with their last purchase and `held_out`."""

    rows: pl.DataFrame

    @classmethod
    def of(cls, question: Question) -> Listed:
        """As the reader asked for it, with those of the control group."""
        view = look(queries.reader(), queries.viewer(), question)
        return cls(candidates(view).select("customer_id", "last_day", "held_out"))

    def first(self, shown: int) -> pl.DataFrame:
        """Up to so many that may be contacted, and who is held out among them."""
        open_so_far = (~pl.col("held_out")).cum_sum()
        return self.rows.filter(
            (open_so_far < shown) | ((open_so_far == shown) & ~pl.col("held_out"))
        )


def tasks(view: View, rows: list[Row]) -> dict[str, Row]:
    """The open follow-up of each customer shown, by id."""
    ids = [row["customer_id"] for row in rows]
    found = desk.read(
        view.lang,
        lambda book: follow_ups.listed(book, programme=PROGRAMME, customers=ids),
    )
    return (
        {} if found is None else {row["customer_id"]: row for row in found.to_dicts()}
    )


def bar(view: View, whole: Listed, rows: list[Row], open_tasks: dict[str, Row]) -> None:
    """What can be done: with the first of the list, or with one customer."""
    with st.container(horizontal=True, key="watch-bar", vertical_alignment="bottom"):
        give(view, whole, rows)
        one(view, whole, rows, open_tasks)


def on_screen(rows: list[Row], open_tasks: dict[str, Row]) -> Shown:
    """What stands in the list: in the run that a form has sent, what stood there.

    A colleague may have closed the follow-up meanwhile: what was sent is answered yet.
    """
    sent = any(
        key.startswith("watch-") and key.endswith(f"_{desk.SEND}") and held
        for key, held in st.session_state.items()
        if isinstance(key, str)
    )
    if not sent or SHOWN not in st.session_state:
        st.session_state[SHOWN] = (rows, open_tasks)
    shown: Shown = st.session_state[SHOWN]
    return shown


def give(view: View, whole: Listed, rows: list[Row]) -> None:
    """Give the first of the list to an owner, all at once."""
    form = desk.form("watch-give")
    listed = _as_shown(form, whole)
    with st.popover(say(view.lang, "give.title"), icon=":material/group_add:"):
        with st.form(form.key("form"), border=False):
            most = max(1, len(rows))
            count = st.number_input(
                say(view.lang, "give.count"), 1, most, most, key=form.key("count")
            )
            owner = _owner(view, form)
            due = st.date_input(
                say(view.lang, "give.due"), today() + SOON, key=form.key("due")
            )
            action = st.text_input(
                say(view.lang, "give.action"), key=form.key("action")
            )
            sent = form.submit(say(view.lang, "give.save"))
        task = Task(PROGRAMME, (owner or "").strip() or None, due, action)
        chosen = listed.first(int(count))
        if sent and desk.saved(
            view.lang,
            form,
            lambda book, pen: _give(view.lang, (book, pen), chosen, task),
        ):
            st.rerun()


def one(view: View, whole: Listed, rows: list[Row], open_tasks: dict[str, Row]) -> None:
    """Work on one customer of the list: record a contact, snooze, close."""
    ids = [row["customer_id"] for row in rows]
    customer = st.selectbox(
        say(view.lang, "one.pick"),
        ids,
        key=f"watch_one_{view.lang}",
        format_func=lambda code: f"{ids.index(code) + 1} · {code}",
        width=240,
    )
    task = open_tasks.get(customer)
    with st.popover(say(view.lang, "one.record"), icon=":material/call:"):
        _record(view, customer, task, whole)
    idle = task is None
    snooze, close = (say(view.lang, f"one.{name}") for name in ("snooze", "close"))
    with st.popover(snooze, icon=":material/snooze:", disabled=idle):
        _snooze(view, task)
    with st.popover(close, icon=":material/task_alt:", disabled=idle):
        _close(view, task)


def today() -> date:
    """The business day now."""
    return datetime.now(ZoneInfo(queries.freshness().timezone)).date()


def _as_shown(form: Form, whole: Listed) -> Listed:
    """What stood on the screen when the form was sent, whatever has come since."""
    key = form.key("shown")
    if key not in st.session_state or not st.session_state.get(form.key(desk.SEND)):
        st.session_state[key] = whole
    shown: Listed = st.session_state[key]
    return shown


def _owner(view: View, form: Form) -> str | None:
    known = reach.owners()
    usual = str(state.chosen("owner")) or queries.viewer().name
    options = [usual, *(each for each in known if each != usual)]
    return st.selectbox(
        say(view.lang, "owner.pick"),
        options,
        key=form.key("owner"),
        accept_new_options=True,
    )


def _give(
    lang: str, desk_of: tuple[Book, Pen], chosen: pl.DataFrame, task: Task
) -> None:
    """List all first, so that the lot is drawn; then give out who may be told."""
    book, pen = desk_of
    told = _enrol(book, pen, chosen)
    treated = [each for each in chosen["customer_id"] if each not in told]
    found = follow_ups.assign(book, pen, treated, task)
    counts = {
        "n": len(found.records),
        "taken": len(found.taken),
        "held": len(told) + len(found.held_out),
    }
    st.toast(say(lang, "give.done", **counts))


def _enrol(book: Book, pen: Pen, chosen: pl.DataFrame) -> set[str]:
    """List customers for an episode; who is held out."""
    rules = terms(queries.reader().settings, today())
    listing = replace(pen, request=f"{pen.request}-list")
    asked = chosen.select("customer_id", pl.col("last_day").alias("last_purchased_on"))
    groups = control.enrol(book, listing, asked, rules)
    return set(groups.filter("control")["customer_id"])


def _record(view: View, customer: str, task: Row | None, whole: Listed) -> None:
    """A contact that has happened; it counts for the follow-up that is open.

    Without one, all that are on the list are listed with the customer: chosen ones
    alone would have nobody in the control group to be compared with.
    """
    form = desk.form(f"watch-record-{customer}", _seen(task))
    listed = _as_shown(form, whole)
    with st.form(form.key("form"), border=False):
        kind = _choice(view, form, "kind", (KINDS, "contact_kind"))
        outcome = _choice(view, form, "result", (OUTCOMES, "contact"))
        words = st.text_area(
            say(view.lang, "one.note"), key=form.key("note"), height=80
        )
        due = st.date_input(say(view.lang, "one.next"), None, key=form.key("next"))
        sent = form.submit(say(view.lang, "one.save"))
    contact = Contact(customer, kind, today(), "winback", outcome, words, due)

    def write(book: Book, pen: Pen) -> object:
        if form.seen is not None:
            return follow_ups.contacted(book, pen, form.seen, contact)
        _enrol(book, pen, listed.rows)
        return contacts.record(book, pen, contact)

    _save(view, form, write, sent=sent)


def _snooze(view: View, task: Row | None) -> None:
    """Leave it alone until a day."""
    seen = _seen(task)
    if seen is None:
        return
    form = desk.form(f"watch-snooze-{seen.id}", seen)
    with st.form(form.key("form"), border=False):
        until = st.date_input(
            say(view.lang, "one.until"), today() + SOON, key=form.key("until")
        )
        words = st.text_input(say(view.lang, "one.note"), key=form.key("note"))
        sent = form.submit(say(view.lang, "one.save"))
    kept = form.seen or seen
    _save(
        view, form, lambda book, pen: follow_ups.snooze(book, pen, kept, until, words),
        sent=sent,
    )  # fmt: skip


def _close(view: View, task: Row | None) -> None:
    """Close it with what came of it."""
    seen = _seen(task)
    if seen is None:
        return
    form = desk.form(f"watch-close-{seen.id}", seen)
    with st.form(form.key("form"), border=False):
        outcome = _choice(view, form, "outcome", (follow_ups.OUTCOMES, "outcome"))
        words = st.text_input(say(view.lang, "one.note"), key=form.key("note"))
        sent = form.submit(say(view.lang, "one.save"))
    kept = form.seen or seen
    _save(
        view, form, lambda book, pen: follow_ups.close(book, pen, kept, outcome, words),
        sent=sent,
    )  # fmt: skip


def _save(view: View, form: Form, write: Write, *, sent: bool) -> None:
    if sent and desk.saved(view.lang, form, write):
        st.rerun()


def _seen(task: Row | None) -> Seen | None:
    return None if task is None else Seen(task["id"], task["version"])


def _choice(
    view: View, form: Form, name: str, offered: tuple[tuple[str, ...], str]
) -> str:
    options, words = offered
    picked: str = st.selectbox(
        say(view.lang, f"one.{name}"),
        options,
        key=form.key(name),
        format_func=lambda code: label_of(view.lang, code, words),
    )
    return picked
