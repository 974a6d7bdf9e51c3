"""Customers who cost more than they bring: how many, and the list of them."""

from html import escape

import streamlit as st

from dashboard import cards, lists
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, written
from dashboard.words import reason_text, say

METRIC = "negative_clv"


def shown(view: View) -> None:
    """The count in a sentence, with what they lose; the list behind it."""
    question = view.ask(METRIC)
    row = cards.first_row(question)
    if row.get("value") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    count, share = Ink(view.lang, "count"), Ink(view.lang, "share")
    told = say(
        view.lang,
        "negative.told" if row["value"] else "negative.none",
        number=f"<b>{written(Cell(question, row), count)}</b>",
        n=written(Cell(question, row, "n"), count),
        share=written(Cell(question, row, "share"), share),
        total=written(Cell(question, row, "total"), cards.ink_for(view, "clv")),
    )
    st.html(f'<div class="ch-big">{told}</div>{_served(view)}')
    if row["value"]:
        lists.link(view, lists.of(view, METRIC), METRIC)


def _served(view: View) -> str:
    """What is taken off for serving customers, or that no unit cost is set."""
    question = view.ask("clv")
    row, ink = cards.first_row(question), cards.ink_for(view, "clv")
    if not row.get("cost"):
        words = escape(say(view.lang, "negative.free"))
    else:
        words = say(
            view.lang,
            "negative.cost",
            cost=written(Cell(question, row, "cost"), ink),
            ahead=written(Cell(question, row, "cost_ahead"), ink),
        )
    return f'<div class="ch-sub">{words}</div>'
