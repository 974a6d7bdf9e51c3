"""Customers who look alike, on a page: how many, who, why, and the whole list."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import cards, queries
from dashboard.alike import as_csv
from dashboard.fates import download
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Listing, inside, stated, written
from dashboard.trust import ALIKE
from dashboard.words import say

PAIRS = Listing("look-alikes list", ("customer_id", "other_id"))
MOST = 10


def listed(view: View) -> None:
    """The findings with most in common; ids only."""
    found = queries.alike()
    if not found:
        title, below = (say(view.lang, f"alike.{key}") for key in ("none", "none.sub"))
        st.html(cards.empty(title, below))
        return
    body = "".join(_pair(view.lang, row) for row in found[:MOST])
    names = ("alike.customer", "alike.other", "alike.why")
    heads = "".join(f"<th>{escape(say(view.lang, name))}</th>" for name in names)
    more = len(found) - MOST
    below = escape(say(view.lang, "alike.more", n=more)) if more > 0 else ""
    st.html(
        f'<div class="ch-big">{_big(view)}</div>'
        f'<div class="ch-scroll ch-tall" {stated(PAIRS)}><table class="ch-table">'
        f"<thead><tr>{heads}</tr></thead>{body}</table></div>"
        f'<div class="ch-sub">{below}</div>'
    )
    if queries.viewer().rights.export:
        label = say(view.lang, "alike.download")
        download(label, "look_alikes.csv", lambda: as_csv(found), "file_alike")


def _big(view: View) -> str:
    row, ink = cards.first_row(ALIKE), Ink(view.lang, "count")
    return say(
        view.lang,
        "alike.big",
        n=f"<b>{written(Cell(ALIKE, row), ink)}</b>",
        customers=written(Cell(ALIKE, row, "n"), ink),
    )


def _pair(lang: str, row: dict[str, Any]) -> str:
    names = [say(lang, f"alike.reason.{reason}") for reason in row["reasons"]]
    why = escape(say(lang, "list.comma").join(names))
    one = f'<span class="ch-id">{escape(row["customer_id"])}</span>'
    return f"<tr><td>{one}</td><td>{_other(lang, row)}</td><td>{why}</td></tr>"


def _other(lang: str, row: dict[str, Any]) -> str:
    if row["other_id"] is not None:
        return f'<span class="ch-id">{escape(row["other_id"])}</span>'
    members = inside(Cell(PAIRS, row, "members"), Ink(lang, "count"))
    return f'<span class="ch-nowrap">{say(lang, "alike.crowd", n=members)}</span>'
