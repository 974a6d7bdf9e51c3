"""What came of a comment: its follow-up, and the forms to open and to close one."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard import desk, formats
from dashboard.book import Seen, follow_ups
from dashboard.book.follow_ups import Task
from dashboard.filters import View
from dashboard.voices import Comment
from dashboard.words import label_of, say

PROGRAMME = "comment"
DAYS = 2  # to answer a comment, where nobody says otherwise
FollowUp = Mapping[str, Any]


def answered(view: View, comments: list[Comment]) -> dict[str, FollowUp]:
    """The newest follow-up of each comment, by the answer that it stands in."""
    customers = [str(comment["customer_id"]) for comment in comments]
    found = desk.read(
        view.lang,
        lambda book: follow_ups.listed(
            book, programme=PROGRAMME, customers=customers, open_only=False
        ),
    )
    if found is None:
        return {}
    rows = found.sort("created_at").to_dicts()
    return {row["about"]: row for row in rows if row["status"] != "withdrawn"}


def state(lang: str, row: FollowUp | None) -> str:
    """How a comment's follow-up stands: status, owner, due day or outcome."""
    if row is None:
        return _chip("", say(lang, "comments.open"))
    late = row["due_on"] and row["due_on"] < desk.today() and not row["outcome"]
    words = [label_of(lang, row["status"], "follow_up"), row["owner"]]
    if row["outcome"]:
        words.append(label_of(lang, row["outcome"], "outcome"))
    elif row["due_on"]:
        day = formats.day(lang, row["due_on"])
        words.append(say(lang, "alerts.due", day=day))
    kind = "good" if row["outcome"] else "bad" if late else "undecided"
    return _chip(kind, " · ".join(word for word in words if word))


def forms(view: View, comment: Comment, row: FollowUp | None) -> None:
    """Give it to somebody; once somebody has it, close it with what came of it."""
    if not desk.may_write() or (row and row["outcome"]):
        return
    with st.expander(say(view.lang, "comments.answer")):
        if row is None:
            _give(view, comment)
        else:
            _close(view, row)


def _give(view: View, comment: Comment) -> None:
    lang, about = view.lang, str(comment["response_id"])
    form = desk.form(f"comment-{about}")
    with st.form(form.key("form"), border=False):
        owner = st.text_input(say(lang, "alerts.form.owner"), key=form.key("owner"))
        due = st.date_input(
            say(lang, "alerts.form.due"),
            desk.today(DAYS),
            key=form.key("due"),
            format="YYYY-MM-DD",
        )
        sent = form.submit(say(lang, "comments.give"))
    task = Task(PROGRAMME, owner.strip() or None, _day(due), about=about)
    customer = str(comment["customer_id"])
    if sent and desk.saved(
        lang, form, lambda book, pen: follow_ups.assign(book, pen, [customer], task)
    ):
        st.rerun()


def _close(view: View, row: FollowUp) -> None:
    form = desk.form(f"answered-{row['id']}", Seen(row["id"], row["version"]))
    told = desk.closing(
        view.lang, form, follow_ups.OUTCOMES, "outcome", "comments.close"
    )
    if told and desk.saved(
        view.lang, form, lambda book, pen: follow_ups.close(book, pen, form.it, *told)
    ):
        st.rerun()


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _chip(kind: str, words: str) -> str:
    return f'<span class="ch-state ch-id {kind}">{escape(words)}</span>'
