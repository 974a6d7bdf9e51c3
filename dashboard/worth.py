"""What customers are worth: the total and its parts, by segment, and the model."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import cards, filters, queries
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.words import label_of, reason_text, say
from metrics.spend_model import CORRELATED

PARTS = ("historic_value", "expected_value", "total")
MOST = 20
"""Rows of a table; the most valuable segments come first."""

FITTED = (("r", "alpha", "a", "b"), ("p", "q", "gamma"))
SUPPORT = ("customers", "triples", "spend_customers")


def total(view: View) -> None:
    """What all customers of the view are worth together, and of what it is made."""
    question = view.ask("clv")
    row = cards.first_row(question)
    if row.get("value") is None:
        st.html(_nothing(view, row))
        return
    ink = cards.ink_for(view, "clv")
    number = written(Cell(question, row, "total"), ink)
    big = say(view.lang, "worth.big", total=f"<b>{number}</b>")
    lines = "".join(
        _line(view.lang, Cell(question, row, part), ink) for part in PARTS[:2]
    )
    st.html(
        f'<div class="ch-big">{big}</div><div class="ch-scroll">'
        f'<table class="ch-table">{lines}</table></div>'
    )


def by_segment(view: View, cuts: Sequence[str]) -> None:
    """Customers, mean value and total by segment of the picked cut."""
    cut = filters.picked("cut", tuple(cuts))
    question = view.ask("clv", by=cut)
    rows = queries.answer(question).drop_nulls("value").sort("total", descending=True)
    if rows.is_empty():
        st.html(_nothing(view, cards.first_row(question)))
        return
    ink, name = cards.ink_for(view, "clv"), namer(view.lang, cut)
    names = (f"by.{cut}", *(f"col.{n}" for n in ("customers", "clv", *PARTS)))
    head = _heads([say(view.lang, each) for each in names])
    body = "".join(
        _segment(question, row, name(str(row["segment"])), ink)
        for row in rows.head(MOST).to_dicts()
    )
    more = _more(view.lang, rows.height - MOST, len(names))
    st.html(
        f'<div class="ch-scroll" {stated(question)}>'
        f'<table class="ch-table">{head}{body}{more}</table></div>'
    )


def model(view: View) -> None:
    """Whether there is a forecast, from which model, and on what it rests."""
    question = view.ask("clv_model")
    row = cards.first_row(question)
    if row.get("customers") is None:
        st.html(_nothing(view, row))
        return
    st.html(
        f"{_verdict(view, question, row)}"
        f'<div class="ch-sub">{escape(say(view.lang, "model.gate"))}</div>'
        f'<div class="ch-scroll" {stated(question)}><table class="ch-table">'
        f"{_support(view, question, row)}{_fitted(view, question, row)}</table></div>"
    )


def _nothing(view: View, row: Row) -> str:
    why = reason_text(view.lang, row.get("reason"))
    return cards.empty(say(view.lang, "empty.title"), why)


def _line(lang: str, cell: Cell, ink: Ink) -> str:
    name = escape(say(lang, f"col.{cell.column}"))
    return f'<tr><td>{name}</td><td class="num">{written(cell, ink)}</td></tr>'


def _heads(names: Sequence[str]) -> str:
    first, *others = map(escape, names)
    numbers = "".join(f'<th class="num">{other}</th>' for other in others)
    return f"<thead><tr><th>{first}</th>{numbers}</tr></thead>"


def _segment(question: Question, row: Row, name: str, ink: Ink) -> str:
    cells = (("n", ink.of("count")), *((part, ink) for part in ("value", *PARTS)))
    numbers = "".join(
        f'<td class="num">{inside(Cell(question, row, column), each)}</td>'
        for column, each in cells
    )
    return f'<tr><td class="name">{escape(name)}</td>{numbers}</tr>'


def _more(lang: str, count: int, columns: int) -> str:
    if count <= 0:
        return ""
    words = escape(say(lang, "parts.more", n=count))
    return f'<tr><td class="faint" colspan="{columns}">{words}</td></tr>'


def _verdict(view: View, question: Question, row: Row) -> str:
    if row["reason"] is not None:
        why = escape(reason_text(view.lang, row["reason"]))
        return f'<div class="ch-summary below">{why}</div>'
    name = escape(label_of(view.lang, row["model"], "model"))
    count = Ink(view.lang, "count")
    people = written(Cell(question, row, "customers"), count)
    words = say(view.lang, "model.used", model=name, n=people)
    return f'<div class="ch-summary above">{words}{_doubt(view, question, row)}</div>'


def _doubt(view: View, question: Question, row: Row) -> str:
    """How far frequency and spend go together, and a warning where they do."""
    if row.get("correlation") is None:
        return ""
    rho = written(Cell(question, row, "correlation"), Ink(view.lang, "score"))
    doubted = cards.first_row(view.ask("clv")).get("reason") is not None
    key = "model.correlated" if doubted else "model.uncorrelated"
    limit = f'<span class="ch-id">{CORRELATED}</span>'
    return "<br>" + say(view.lang, key, rho=rho, limit=limit)


def _support(view: View, question: Question, row: Row) -> str:
    count = Ink(view.lang, "count")
    return "".join(
        f"<tr><td>{escape(say(view.lang, f'model.{name}'))}</td>"
        f'<td class="num">{inside(Cell(question, row, name), count)}</td></tr>'
        for name in SUPPORT
    )


def _fitted(view: View, question: Question, row: Row) -> str:
    plain = Ink(view.lang, "plain")
    lines = []
    for kind, names in zip(("purchases", "spend"), FITTED, strict=True):
        known = " · ".join(
            f"{name} {inside(Cell(question, row, name), plain)}" for name in names
        )
        title = escape(say(view.lang, f"model.{kind}"))
        lines.append(f'<tr><td>{title}</td><td class="num">{known}</td></tr>')
    return "".join(lines)
