"""The track record of the forecast in plain words, and by tenths of the customers."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.words import reason_text, say

COLUMNS = ("n", "value", "ci_low", "ci_high", "actual", "naive", "error")
NARROW = 0.2
"""Within this error a forecast of a total is called near."""

HELD = 0.8
"""Of ten intervals of 95 %, eight or more hold 99 times in 100."""


def shown(view: View) -> None:
    """What was forecast of all customers, what came, and what habit would have said.

    The models are fitted on everybody, so the record is that of everybody.
    """
    question = Question("clv_backtest", view.as_of)
    row, *tenths = queries.answer(question).to_dicts()
    if row.get("value") is None or row.get("error") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    narrow = row["coverage"] is not None and row["coverage"] < HELD
    right = abs(row["error"]) <= NARROW and not narrow
    doubt = say(view.lang, "record.narrow") if narrow else ""
    tone = "above" if right else "undecided"
    st.html(
        f'<div class="ch-summary {tone}">{_told(view, question, row)} {doubt}</div>'
        f'<div class="ch-sub">{_each(view, question, row)}</div>'
        f"{_table(view, question, tenths)}"
    )


def _told(view: View, question: Question, row: Row) -> str:
    """The total: forecast, outcome, both errors."""
    money, share = cards.ink_for(view, "clv"), Ink(view.lang, "share")
    parts = {
        "cut": _day(view, row["cut"]),
        "until": _day(view, row["until"]),
        "n": written(Cell(question, row, "n"), share.of("count")),
        "value": written(Cell(question, row), money),
        "actual": written(Cell(question, row, "actual"), money),
        "error": written(Cell(question, row, "error"), share, "relative"),
        "naive": written(Cell(question, row, "naive_error"), share, "relative"),
    }
    return say(view.lang, "record.told", **parts)


def _day(view: View, day: date) -> str:
    return f'<span class="ch-id">{escape(formats.day(view.lang, day))}</span>'


def _each(view: View, question: Question, row: Row) -> str:
    """Single customers, and whether the intervals held."""
    money = cards.ink_for(view, "clv")
    ink = {"mae": money, "naive_mae": money, "coverage": money.of("share")}
    parts = {
        name: written(Cell(question, row, name), ink.get(name, money.of("score")))
        for name in ("mae", "naive_mae", "rank", "naive_rank", "coverage")
    }
    return say(view.lang, "record.each", **parts)


def _table(view: View, question: Question, rows: list[Row]) -> str:
    names = ("tenth", *COLUMNS)
    first, *others = (escape(say(view.lang, f"record.{name}")) for name in names)
    heads = "".join(f'<th class="num">{other}</th>' for other in others)
    body = "".join(_tenth(view, question, row) for row in reversed(rows))
    return (
        f'<div class="ch-scroll" {stated(question)}><table class="ch-table">'
        f"<thead><tr><th>{first}</th>{heads}</tr></thead>{body}</table></div>"
    )


def _tenth(view: View, question: Question, row: Row) -> str:
    money = cards.ink_for(view, "clv")
    inks = {"n": (money, "count"), "error": (money.of("share"), "relative")}
    texts = (
        inside(Cell(question, row, name), *inks.get(name, (money,))) for name in COLUMNS
    )
    numbers = "".join(f'<td class="num">{text}</td>' for text in texts)
    name = f'<span class="ch-id">{escape(str(row["segment"]))}</span>'
    return f"<tr><td>{name}</td>{numbers}</tr>"
