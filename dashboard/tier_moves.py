"""Who moved between tiers, on the page Tiers: a heat table and the customers in it."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, filters, lists, queries, state
from dashboard.filters import View
from dashboard.formats import short_day
from dashboard.numbers import Cell, Ink, Row, inside
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row, matrix, tier_name
from dashboard.words import say

MEASURES = ("customers", "revenue_to", "revenue_from")
MOVES = ("up", "down", "new", "gone")
SHOWN = 20
SIDES = {"tier_from": "from-tier", "tier_to": "to-tier"}
"""The columns of a cell of the heat table, and the options that ask for it."""


def migration(view: View, chosen: str) -> None:
    """Who moved from which tier to which, as a heat table."""
    if not _earlier(view, chosen):
        _nothing_before(view)
        return
    _pick_earlier(view, chosen)
    labels = [say(view.lang, f"migration.{name}") for name in MEASURES]
    measure = filters.pick(view, "measure", MEASURES, labels)
    question = view.ask("tier_migration", scheme=chosen, **_from(view, chosen))
    shown = ("tier_from", "tier_to", measure)
    matrix(view, question, shown)
    _behind(view, chosen, question)


def moved(view: View, chosen: str) -> None:
    """The customers who moved one way, those with most money first."""
    if not _earlier(view, chosen):
        _nothing_before(view)
        return
    labels = [say(view.lang, f"moves.{name}") for name in MOVES]
    move = filters.pick(view, "move", MOVES, labels)
    question = view.ask("tier_moves", scheme=chosen, move=move, **_from(view, chosen))
    total, first = queries.first_people(question, None)
    rows = first.head(SHOWN).to_dicts()
    if not rows or "tier_from" not in rows[0]:
        st.html(cards.empty(say(view.lang, "empty.title")))
        return
    ink = cards.ink_for(view, "revenue")
    names = ("customer", "tier_from", "tier_to", "revenue_from", "revenue_to")
    body = "".join(_customer(view, question, row, ink) for row in rows)
    head = head_row([say(view.lang, f"moves.col.{name}") for name in names], words=3)
    st.html(framed(question, head + body))
    st.html(
        f'<div class="ch-sub">{say(view.lang, "moves.shown", n=len(rows), total=total)}'
        "</div>"
    )
    lists.files(view, lists.People(question))


def _pick_earlier(view: View, chosen: str) -> None:
    """The picker of the date to compare with."""
    named = {
        day.isoformat(): short_day(view.lang, day) for day in _earlier(view, chosen)
    }
    state.widget(
        st.selectbox,
        say(view.lang, "migration.from"),
        "from",
        options=["", *named],
        format_func=lambda code: named.get(code, say(view.lang, "migration.year")),
    )


def _earlier(view: View, chosen: str) -> list[date]:
    """The dates before the as-of date, newest first."""
    last = view.as_of or queries.as_of_dates()[0]
    return [day for day in queries.scheme_dates(chosen) if day < last]


def _nothing_before(view: View) -> None:
    title, why = say(view.lang, "empty.title"), say(view.lang, "migration.none")
    st.html(cards.empty(title, why))


def _from(view: View, chosen: str) -> dict[str, str]:
    given = str(state.chosen("from"))
    known = [day.isoformat() for day in _earlier(view, chosen)]
    return {"from": given} if given in known else {}


def _behind(view: View, chosen: str, question: Question) -> None:
    """The customers behind one cell of the heat table, which the reader picks."""
    pairs = queries.answer(question)
    if "tier_from" not in pairs.columns or pairs.is_empty():
        return
    picked = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in SIDES:
            picked[name] = st.selectbox(
                say(view.lang, f"moves.col.{name}"),
                pairs[name].unique(maintain_order=True).to_list(),
                format_func=lambda tier: tier_name(view, tier),
                key=f"behind_{name}_{chosen}_{view.lang}",
                width=180,
            )
        cell = {SIDES[side]: str(tier) for side, tier in picked.items()}
        asked = view.ask("tier_moves", scheme=chosen, **cell, **_from(view, chosen))
        lists.link(view, (lists.People(asked),), "migration")


def _customer(view: View, question: Question, row: Row, ink: Ink) -> str:
    money = "".join(
        f'<td class="num">{inside(Cell(question, row, name), ink)}</td>'
        for name in ("revenue_from", "revenue_to")
    )
    tiers = "".join(
        f"<td>{escape(tier_name(view, row[name]))}</td>"
        for name in ("tier_from", "tier_to")
    )
    who = f'<td><span class="ch-id">{escape(row["customer_id"])}</span></td>'
    return f"<tr>{who}{tiers}{money}</tr>"
