"""Find a customer: by id, or exactly by name, phone or e-mail."""

from dataclasses import replace
from html import escape
from urllib.parse import quote

import streamlit as st

from dashboard import cards, filters, formats, lists, queries, state
from dashboard.filters import View
from dashboard.naming import named
from dashboard.numbers import Cell, Row, inside
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row, tier_name
from dashboard.words import say

NUMBERS = (("annual_revenue", "money"), ("clv", "money"), ("health", "points"))
WORDS = ("customer_id", "store", "tier", "last_day")


def current() -> View:
    """The reader's language and rights, for everybody, as of the last day."""
    return replace(filters.current(), as_of=None, window=None, where=())


def chosen(view: View) -> str:
    """The customer in the address; while there is none, a search in its place."""
    customer = str(state.chosen("customer"))
    if not customer:
        _search(view)
        st.stop()
    st.button(
        say(view.lang, "find.other"),
        icon=":material/arrow_back:",
        key=f"another_{view.lang}",
        type="tertiary",
        on_click=state.choose,
        args=("customer", ""),
    )
    return customer


def _search(view: View) -> None:
    personal = queries.viewer().may_see_personal
    hint = say(view.lang, "find.placeholder" if personal else "find.placeholder.ids")
    typed = st.text_input(
        say(view.lang, "find.label"),
        key=f"find_{view.lang}",
        placeholder=hint,
        width=420,
    )
    text = str(typed or "").strip()
    question = view.ask("customer_search", **({"find": text} if text else {}))
    if not text:
        _found(view, "found.largest.title", [(question, _rows(question))])
        return
    found = [(question, _rows(question))]
    if not found[0][1]:
        found = [_exactly(view, customer) for customer in _named(text)]
    _found(view, "found.title", found)


def _named(text: str) -> list[str]:
    """Who has exactly this name, phone or e-mail, where the viewer may ask that."""
    return queries.named(text) if queries.viewer().may_see_personal else []


def _exactly(view: View, customer: str) -> tuple[Question, list[Row]]:
    """The row of one customer, and of none whose id only begins like that."""
    question = view.ask("customer_search", find=customer)
    mine = [row for row in _rows(question) if row["customer_id"] == customer]
    return question, mine


def _rows(question: Question) -> list[Row]:
    rows: list[Row] = queries.answer(question).drop_nulls("customer_id").to_dicts()
    return rows


def _found(view: View, title: str, found: list[tuple[Question, list[Row]]]) -> None:
    with cards.card("found", say(view.lang, title), say(view.lang, "found.sub")):
        if not any(rows for _, rows in found):
            none, why = (say(view.lang, f"find.none{end}") for end in ("", ".why"))
            st.html(cards.empty(none, why))
            return
        names = (*WORDS, *(name for name, _ in NUMBERS))
        head = head_row(
            [say(view.lang, f"found.col.{name}") for name in names], words=4
        )
        for question, rows in found:
            body = "".join(_row(view, question, row) for row in rows)
            st.html(framed(question, head + body))


def _row(view: View, question: Question, row: Row) -> str:
    customer, day = row["customer_id"], row["last_day"]
    ink = cards.ink_for(view, "clv")
    numbers = "".join(
        f'<td class="num">{inside(Cell(question, row, name), ink.of(unit))}</td>'
        for name, unit in NUMBERS
    )
    address = lists.LINK + quote(customer, safe="")
    shown = (
        f'<a href="{escape(address)}" target="_self">{escape(customer)}</a>',
        escape(named(view.lang, row["store"], "store")),
        escape(tier_name(view, row["tier"])),
        formats.DASH if day is None else formats.short_day(view.lang, day),
    )
    words = "".join(f'<td class="ch-id">{each}</td>' for each in shown)
    return f"<tr>{words}{numbers}</tr>"
