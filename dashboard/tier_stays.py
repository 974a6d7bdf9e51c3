"""The tiers of one customer over time, on the page Tiers."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, queries
from dashboard.filters import View
from dashboard.formats import short_day
from dashboard.numbers import Row
from dashboard.tier_tables import framed, head_row, tier_name
from dashboard.words import say

COLUMNS = ("tier", "from_on", "until_on", "version")


def history(view: View, chosen: str) -> None:
    """A search by customer id, and the stays of the customer that was found."""
    label = say(view.lang, "stays.search")
    typed = st.text_input(label, key=f"stays_of_{view.lang}", width=320)
    customer = str(typed or "").strip()
    if not customer:
        st.html(f'<div class="ch-sub">{say(view.lang, "stays.hint")}</div>')
        return
    question = view.ask("tier_history", scheme=chosen, customer=customer)
    rows = queries.answer(question).to_dicts()
    if not rows:
        st.html(cards.empty(say(view.lang, "stays.none")))
        return
    head = head_row([say(view.lang, f"stays.col.{name}") for name in COLUMNS], words=4)
    st.html(framed(question, head + "".join(stay(view, row) for row in rows)))


def stay(view: View, row: Row, before: str = "") -> str:
    """One stay as a row of a table, with cells before it."""
    until = row["until_on"]
    shown = (
        escape(tier_name(view, row["tier"])),
        _day(view, row["from_on"]),
        say(view.lang, "stays.lasting") if until is None else _day(view, until),
        f'<span class="ch-id">{escape(row["version"])}</span>',
    )
    return f"<tr>{before}{''.join(f'<td>{each}</td>' for each in shown)}</tr>"


def _day(view: View, on: date) -> str:
    return f'<span class="ch-id">{short_day(view.lang, on)}</span>'
