"""A campaign without a control group: what can be compared, and what that is worth."""

from html import escape

import streamlit as st

from dashboard import cards, formats
from dashboard.campaign_numbers import ranged, rows_of
from dashboard.filters import View
from dashboard.numbers import Cell, Row, inside
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import reason_text, say
from metrics.did import DID

PROVED = ("randomised", "holdout")
COLUMNS = ("method", "difference", "members", "others", "trend")
DIFFERENCE = ("value", "ci_low", "ci_high")
TREND = ("trend", "trend_low", "trend_high")


def without_control(view: View, campaign: str) -> None:
    """The comparisons, in a card of their own, where there was no control group."""
    ranking = rows_of(view, view.ask("campaigns"))
    mine = [row for row in ranking if row["campaign"] == campaign]
    if not mine or mine[0]["design"] in PROVED:
        return
    with cards.card("comparisons", *cards.titles(view, "comparisons")):
        question = view.ask("campaign_comparison", campaign=campaign)
        rows = rows_of(view, question)
        names = [say(view.lang, f"comparisons.col.{name}") for name in COLUMNS]
        body = "".join(_row(view, question, row) for row in rows)
        st.html(framed(question, head_row(names, words=1) + body))


def _row(view: View, question: Question, row: Row) -> str:
    method = row["segment"]
    name = escape(say(view.lang, f"comparisons.{method}"))
    kind = "" if method == DID else "undecided"
    grade = escape(say(view.lang, f"comparisons.grade.{row['grade']}"))
    why = reason_text(view.lang, row["reason"]) if row["reason"] else ""
    doubt = f'<div class="ch-sub ch-doubt">⚠ {escape(why)}</div>' if why else ""
    count = cards.ink_for(view, "customers")
    members, others = (
        inside(Cell(question, row, side), count) if row[side] else formats.DASH
        for side in ("members", "others")
    )
    return (
        f'<tr><td class="name"><b>{name}</b><br>'
        f'<span class="ch-state {kind}">{grade}</span>{doubt}</td>'
        f'<td class="num">{_money(view, question, row, DIFFERENCE)}</td>'
        f'<td class="num">{members}</td><td class="num">{others}</td>'
        f'<td class="num">{_money(view, question, row, TREND)}</td></tr>'
    )


def _money(
    view: View, question: Question, row: Row, names: tuple[str, str, str]
) -> str:
    ink = cards.ink_for(view, "revenue")
    return ranged(view, [inside(Cell(question, row, name), ink) for name in names])
