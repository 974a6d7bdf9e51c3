"""The snapshots that are kept, and which one serves: back, and forward again."""

from datetime import date, datetime
from html import escape

import streamlit as st

from dashboard import formats, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Listing, inside, stated
from dashboard.rolling import roll_back
from dashboard.words import say
from data.errors import DashboardError, UnavailableError
from data.warehouse.inventory import Entry
from data.warehouse.store import Store

LIST = Listing("snapshots list", ("snapshot",))
OUTCOME = "snapshot_outcome"


def listed(view: View) -> None:
    """One row per snapshot, the newest first, and a way to let another one serve."""
    found = queries.snapshots()
    names = ("snapshot", "state", "as_of", "created", "rows", "size")
    heads = "".join(
        f"<th{' class=num' if name in ('rows', 'size') else ''}>"
        f"{escape(say(view.lang, f'kept.{name}'))}</th>"
        for name in names
    )
    body = "".join(_row(view.lang, each) for each in found)
    st.html(
        f'<div class="ch-scroll ch-tall" {stated(LIST)}><table class="ch-table">'
        f"<thead><tr>{heads}</tr></thead>{body}</table></div>"
    )
    _told_once()
    if queries.viewer().rights.operate:
        _change(view.lang, [each for each in found if not each.serving])
    else:
        st.html(f'<div class="ch-sub">{escape(say(view.lang, "kept.hidden"))}</div>')


def _row(lang: str, each: Entry) -> str:
    row = vars(each)
    cells = "".join(
        f'<td class="num">{inside(Cell(LIST, row, column), Ink(lang, unit))}</td>'
        for column, unit in (("rows", "count"), ("bytes", "bytes"))
    )
    mark = " class=on" if each.serving else ""
    return (
        f"<tr{mark}>{_named(each.snapshot)}<td>{_state(lang, each)}</td>"
        f"{_named(_day(lang, each))}{_named(_moment(lang, each))}{cells}</tr>"
    )


def _named(text: str) -> str:
    return f'<td><span class="ch-id ch-nowrap">{escape(text)}</span></td>'


def _state(lang: str, each: Entry) -> str:
    name = "damaged" if not each.whole else "serving" if each.serving else "whole"
    meaning = {"damaged": "bad", "serving": "good"}.get(name, "")
    title = escape(each.damage or "", quote=True)
    word = escape(say(lang, f"kept.{name}"))
    return f'<span class="ch-state {meaning}" title="{title}">{word}</span>'


def _day(lang: str, each: Entry) -> str:
    if each.as_of is None:
        return formats.DASH
    return formats.short_day(lang, date.fromisoformat(each.as_of))


def _moment(lang: str, each: Entry) -> str:
    if each.created_at is None:
        return formats.DASH
    at = datetime.fromisoformat(each.created_at)
    return formats.moment(lang, at, queries.freshness().timezone)


def _change(lang: str, others: list[Entry]) -> None:
    offered = {each.snapshot: each for each in others if each.whole}
    if not offered:
        st.html(f'<div class="ch-sub">{escape(say(lang, "kept.only"))}</div>')
        return
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="kept-change"
    ):
        picked = st.selectbox(
            say(lang, "kept.pick"),
            list(offered),
            key=f"w_kept_{lang}",
            format_func=lambda name: _option(lang, offered[name]),
            width=340,
        )
        clicked = st.button(say(lang, "kept.change"), key=f"kept_change_{lang}")
    if clicked and picked:
        _ask(lang, offered[picked])


def _option(lang: str, each: Entry) -> str:
    number = each.snapshot.split("-")[0].lstrip("0")
    return say(lang, "kept.option", snapshot=f"#{number}", day=_day(lang, each))


def _ask(lang: str, each: Entry) -> None:
    """Say what it does, and do it only after a second click."""

    @st.dialog(say(lang, "kept.ask", snapshot=each.snapshot))
    def opened() -> None:
        if OUTCOME in st.session_state:  # the click was heard: back to the page
            st.rerun()
        st.write(say(lang, "kept.does", day=_day(lang, each)))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say(lang, "kept.cancel"), key=f"kept_no_{lang}"):
                st.rerun()
            st.button(
                say(lang, "kept.confirm"),
                key=f"kept_yes_{lang}",
                type="primary",
                on_click=_let_serve,
                args=(lang, each.snapshot),
            )

    opened()


def _let_serve(lang: str, snapshot: str) -> None:
    """Turn the pointer, or keep for the page why that cannot be done now."""
    try:
        here = Store(queries.store().resolve())
        made, lacking = roll_back(here, snapshot, queries.viewer())
    except UnavailableError as error:
        busy = str(error).startswith("Busy")
        text = say(lang, "kept.busy" if busy else "kept.failed", reason=str(error))
        st.session_state[OUTCOME] = ("bad", text)
    except DashboardError as error:
        text = say(lang, "kept.failed", reason=str(error))
        st.session_state[OUTCOME] = ("bad", text)
    else:
        text = say(lang, "kept.done", snapshot=made.id)
        if lacking:
            text += f" {say(lang, 'kept.unnoted')}"
        st.session_state[OUTCOME] = ("done", text)


def _told_once() -> None:
    """What came of the last click, after the page was drawn anew."""
    kind, text = st.session_state.pop(OUTCOME, ("", ""))
    if text:
        st.html(f'<div class="ch-notice {kind}" role="status">{escape(text)}</div>')
