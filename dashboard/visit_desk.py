"""Write a visit down, close its loop, and take due dates along as a calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import agenda, desk, queries, reach
from dashboard.agenda import Event
from dashboard.book import Book, Pen, Seen, contacts
from dashboard.book.contacts import Contact
from dashboard.desk import Form
from dashboard.fates import download
from dashboard.filters import View
from dashboard.question import Question
from dashboard.words import label_of, say

MOST_EVENTS = 2_000
"""Events in one calendar: more than that no calendar shows to any use."""

LOOPS = 50


def calendar_file(view: View, question: Question) -> None:
    """A button for the due dates of a list as a calendar file, where one may export."""
    if not queries.viewer().rights.export:
        return
    ask, viewer = queries.people(question, None), queries.viewer()
    zone = ZoneInfo(queries.freshness().timezone)

    def made() -> bytes:
        rows = ask().sort("due_on", "customer_id").head(MOST_EVENTS)
        name = say(view.lang, "visits.calendar")
        return agenda.calendar(
            name,
            [_event(view.lang, row) for row in rows.to_dicts()],
            who=viewer.name,
            at=datetime.now(zone),
        )

    label = say(view.lang, "visits.ics")
    download(label, "visits.ics", made, f"visits_ics_{view.lang}")
    st.caption(say(view.lang, "visits.ics.sub", n=MOST_EVENTS))


def _event(lang: str, row: dict[str, object]) -> Event:
    kind = label_of(lang, str(row["kind"]), "contact_kind")
    tier = label_of(lang, str(row["duty_tier"]), "tier")
    customer = str(row["customer_id"])
    starts = row["starts_on"]
    return Event(
        uid=f"{row['kind']}-{starts}-{customer}@customer-health",
        on=row["due_on"] if isinstance(row["due_on"], date) else date.max,
        summary=say(lang, "visits.event", kind=kind, customer=customer, tier=tier),
        description=say(lang, "visits.event.more", owner=row["owner"], start=starts),
    )


def record(view: View) -> None:
    """A contact that has happened: whom, how, what came of it, what is to follow."""
    if not desk.may_write():
        st.caption(say(view.lang, "desk.no_right"))
        return
    lang, form = view.lang, desk.form("visit")
    with st.form(form.key("form"), border=False, enter_to_submit=False):
        made = _filled(lang, form)
        sent = form.submit(say(lang, "desk360.save"))
    if not sent:
        return
    if not reach.admitted([made.customer_id]):
        st.error(say(lang, "visits.unknown"))
        return
    if desk.saved(lang, form, lambda book, pen: contacts.record(book, pen, made)):
        st.toast(say(lang, "visits.saved"))
        st.rerun()


def _filled(lang: str, form: Form) -> Contact:
    """The fields of the form, and what stands in them."""
    customer = st.text_input(say(lang, "visits.customer"), key=form.key("customer"))
    kind = st.selectbox(
        say(lang, "desk360.col.kind"),
        contacts.KINDS,
        index=contacts.KINDS.index("visit"),
        key=form.key("kind"),
        format_func=lambda code: label_of(lang, code, "contact_kind"),
    )
    outcome = st.selectbox(
        say(lang, "desk360.col.outcome"),
        contacts.OUTCOMES,
        key=form.key("outcome"),
        format_func=lambda code: label_of(lang, code, "contact"),
    )
    words = say(lang, "desk360.col.contacted_on")
    day = st.date_input(words, _today(), key=form.key("day"))
    words = say(lang, "desk360.col.feedback")
    feedback = st.text_area(words, key=form.key("feedback"), height=80)
    due = st.date_input(say(lang, "desk360.next"), None, key=form.key("due"))
    return Contact(customer.strip(), kind, day, "visit", outcome, feedback, due)


def loops(view: View) -> None:
    """Recorded contacts with something still to follow, the most pressing first."""
    found = desk.read(view.lang, contacts.listed)
    if found is None:
        return
    opened = found.filter(pl.col("status") == "open").drop_nulls("customer_id")
    mine = reach.admitted(opened["customer_id"].to_list())
    waiting = opened.filter(pl.col("customer_id").is_in(list(mine)))
    waiting = waiting.sort("follow_up_due")
    if waiting.is_empty():
        st.caption(say(view.lang, "visits.loops.none"))
        return
    for row in waiting.head(LOOPS).to_dicts():
        _loop(view, row)


def _loop(view: View, row: dict[str, object]) -> None:
    """One of them, with the button that says it was done."""
    lang, seen = view.lang, Seen(str(row["id"]), int(str(row["version"])))
    form = desk.form(f"loop-{row['id']}", seen)
    kind = label_of(lang, str(row["kind"]), "contact_kind")
    with st.form(form.key("form"), border=False):
        told = {name: row[name] for name in ("customer_id", "contacted_on")}
        due = row["follow_up_due"]
        st.caption(say(lang, "visits.loop", kind=kind, due=due, **told))
        feedback = st.text_input(
            say(lang, "desk360.col.feedback"), key=form.key("feedback")
        )
        sent = form.submit(say(lang, "visits.close"))

    def write(book: Book, pen: Pen) -> object:
        return contacts.close_loop(book, pen, form.seen or seen, feedback)

    if sent and desk.saved(lang, form, write):
        st.rerun()


def _today() -> date:
    return datetime.now(ZoneInfo(queries.freshness().timezone)).date()
