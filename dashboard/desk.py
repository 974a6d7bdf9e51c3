"""How pages write in the book: forms that are saved once, and say what went wrong.

    form = desk.form("close", Seen(row["id"], row["version"]))
    with st.form(form.key("form")):
        note = st.text_area("...", key=form.key("note"))
        sent = form.submit("...")
    if sent and desk.saved(lang, form, lambda book, pen: follow_ups.close(...)):
        st.rerun()

A form gets its request when it is first shown and keeps it until it was saved. The keys
of its fields hold the request: saved, they are new and empty; refused, they keep what
was typed; sent twice, it is the same request, which the book answers once. The version
that an edit was made from is the one that was on the screen, not the one that has come
since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import queries
from dashboard.book import (
    Book,
    ConflictError,
    NotAllowedError,
    Pen,
    Record,
    Seen,
    book_of,
)
from dashboard.words import label_of, say
from data.errors import UnavailableError

T = TypeVar("T")
SEND = "send"


@dataclass(frozen=True)
class Form:
    """A form on the screen: its name, its request, and what it was filled in from."""

    name: str
    request: str
    seen: Seen | None

    @property
    def it(self) -> Seen:
        """What an edit was filled in from."""
        if self.seen is None:
            raise ValueError(f"the form {self.name} edits nothing")
        return self.seen

    def key(self, field: str) -> str:
        """The key of one of its widgets."""
        return f"{self.name}_{self.request}_{field}"

    def submit(self, label: str) -> bool:
        """The form's button: whether this run of the script was sent by it."""
        return bool(st.form_submit_button(label, key=self.key(SEND), type="primary"))


def book() -> Book:
    """The book of the store that this process serves.

    Errors: UnavailableError without the store's key.
    """
    return book_of(queries.store())


def today(later: int = 0) -> date:
    """The business day now, or so many days later."""
    zone = ZoneInfo(queries.freshness().timezone)
    return datetime.now(zone).date() + timedelta(days=later)


def may_write() -> bool:
    """Whether the viewer may write in the book: without, show no form."""
    return queries.viewer().rights.write


def form(name: str, seen: Seen | None = None) -> Form:
    """The form of a name; `seen` is the record that this run shows to be edited."""
    place = f"desk_{name}"
    here: Form = st.session_state.get(place) or Form(name, uuid4().hex, seen)
    sent = st.session_state.get(here.key(SEND))
    if not sent:  # the reader sees now what `seen` says
        here = replace(here, seen=seen)
    st.session_state[place] = here
    return here


def closing(
    lang: str, here: Form, outcomes: Sequence[str], kind: str, label: str
) -> tuple[str, str] | None:
    """A form that asks what came of it: outcome and note, in the run that sent it."""
    with st.form(here.key("form"), border=False):
        outcome = st.selectbox(
            say(lang, "desk.outcome"),
            outcomes,
            index=None,
            placeholder=say(lang, "desk.choose"),
            format_func=lambda code: label_of(lang, code, kind),
            key=here.key(f"outcome-{lang}"),
        )
        note = st.text_area(say(lang, "desk.note"), key=here.key("note"))
        sent = here.submit(say(lang, label))
    return (outcome or "", note) if sent else None


def pen(here: Form) -> Pen:
    """Who writes, from the session; what was looked at; the form's request."""
    manifest = queries.reader().snapshot.manifest
    return Pen(queries.viewer().name, here.request, manifest.id, manifest.timezone)


def saved(lang: str, here: Form, write: Callable[[Book, Pen], object]) -> bool:
    """Save a form; whether it was, else the reason stands where this is called.

    `write` gets the book and the pen. After a conflict the reader has seen both
    versions, and may save again.
    """
    if not may_write():
        st.error(say(lang, "desk.no_right"))
        return False
    try:
        write(book(), pen(here))
    except ConflictError as error:
        _remember(replace(here, seen=error.theirs.seen))
        st.error(_conflict(lang, error))
    except NotAllowedError as error:
        st.error(say(lang, f"desk.refused.{error.reason}"))
    except UnavailableError as error:
        st.error(_unavailable(lang, error))
    else:
        _forget(here)
        return True
    return False


def read(lang: str, ask: Callable[[Book], T]) -> T | None:
    """What the book says; None with the reason on the page when it cannot be read."""
    try:
        return ask(book())
    except UnavailableError as error:
        st.warning(_unavailable(lang, error))
        return None


def _remember(here: Form) -> None:
    st.session_state[f"desk_{here.name}"] = here


def _forget(here: Form) -> None:
    st.session_state.pop(f"desk_{here.name}", None)


def _unavailable(lang: str, error: UnavailableError) -> str:
    return f"{say(lang, 'desk.unavailable')} {error if lang == 'en' else ''}".strip()


def _conflict(lang: str, error: ConflictError) -> str:
    theirs, yours = error.theirs, error.yours
    head = say(lang, "desk.conflict", who=_plain(theirs.written_by))
    told = {"desk.before": yours, "desk.now": theirs}
    lines = [f"- {say(lang, key)} {_said(lang, each)}" for key, each in told.items()]
    return "\n".join([head, "", *lines])


def _said(lang: str, record: Record) -> str:
    """A version in one line: status, owner, due date, texts."""
    parts = [label_of(lang, record.status, "follow_up"), _plain(record.owner or "–")]
    if record.due_on:
        parts.append(record.due_on.isoformat())
    if queries.viewer().may_see_personal:
        parts += [_plain(text) for text in record.words.values()]
    return " · ".join(parts)


def _plain(text: str) -> str:
    """A text with nothing in it that Markdown would draw."""
    return "".join(
        f"\\{each}" if each in "\\`*_{}[]()#+-.!|~<>$:" else each for each in text
    )
