"""Which input tables there are, and what the missing ones would add."""

from html import escape

import streamlit as st

from dashboard import cards, queries
from dashboard.filters import View
from dashboard.words import say
from data.schemas import INPUTS

# In the order in which they add most to what is shown today.
ADDING_NOW = ("customers", "surveys", "stores", "targets")


def missing(view: View) -> None:
    """A card that names each missing table and what it would add; else nothing."""
    absent = [name for name in ADDING_NOW if not queries.tables().get(name)]
    if not absent:
        return
    title, sub = (say(view.lang, f"missing.{part}") for part in ("title", "sub"))
    with cards.card("missing", title, sub):
        st.html(_listed(view.lang, absent))


def known() -> tuple[str, ...]:
    """Every table of the input contract."""
    return tuple(INPUTS)


def _listed(lang: str, absent: list[str]) -> str:
    heads = "".join(
        f"<th>{escape(say(lang, key))}</th>"
        for key in ("missing.table", "missing.adds")
    )
    rows = "".join(
        f"<tr><td class='ch-nowrap'><b>{name}</b>.csv</td>"
        f"<td>{escape(say(lang, f'table.{name}.adds'))}</td></tr>"
        for name in absent
    )
    return (
        f'<div class="ch-scroll"><table class="ch-table"><thead><tr>{heads}</tr>'
        f"</thead>{rows}</table></div>"
    )
