"""Numbers of the page Campaigns: lifts with intervals, arms by name."""

from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.answers import UNKNOWN
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside
from dashboard.question import Question
from dashboard.words import label_of, reason_text, say


def rows_of(view: View, question: Question) -> list[Row]:
    """The rows of an answer about campaigns; why there is none is written instead."""
    rows: list[Row] = queries.answer(question).to_dicts()
    if rows and rows[0].keys() != UNKNOWN.keys():  # the answer of a missing table
        return rows
    why = reason_text(view.lang, rows[0].get("reason") if rows else None)
    st.html(cards.empty(say(view.lang, "empty.title"), why))
    return []


def arm_name(view: View, arm: str) -> str:
    """What an arm is called."""
    return label_of(view.lang, arm, "arm")


def arm_prefix(view: View, row: Row) -> str:
    """The arm's name before a row, where there are several treatments."""
    if row["arm"] == "treatment":
        return ""
    return f'<span class="ch-id">{escape(arm_name(view, row["arm"]))}</span> · '


def lift(view: View, question: Question, row: Row, names: tuple[str, str, str]) -> str:
    """A relative lift with its interval."""
    return ranged(view, [relative(view, question, row, name) for name in names])


def ranged(view: View, told: list[str]) -> str:
    """A number with its interval below, where it has one."""
    value, low, high = told
    if formats.DASH in (low, high):
        return value
    return (
        f"<b>{value}</b><br><span class='ch-sub ch-nowrap'>"
        f"{say(view.lang, 'campaigns.range', low=low, high=high)}</span>"
    )


def relative(view: View, question: Question, row: Row, name: str) -> str:
    """A ratio in percent, with its sign."""
    return inside(Cell(question, row, name), Ink(view.lang, "share"), "relative")


def plain(view: View, question: Question, row: Row, name: str) -> str:
    """A whole number."""
    return inside(Cell(question, row, name), Ink(view.lang, "count"))


def share_of(view: View, question: Question, row: Row, stage: str) -> str:
    """A stage as a share of all members."""
    return inside(Cell(question, row, f"{stage}/members"), Ink(view.lang, "share"))
