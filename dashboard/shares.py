"""Who makes the revenue: bars of tiers, and the share of the largest customers."""

from html import escape

import streamlit as st

from dashboard import cards, queries, style
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.words import label_of, reason_text, say

SHARES = (("customers", "customer_share"), ("revenue", "revenue_share"))
TOPS = ("1", "5", "10", "20")
READABLE = 0.1


def tiers(view: View) -> None:
    """Customers against revenue by tier: two bars and the figures behind them."""
    question = view.ask("tier_distribution")
    rows = queries.answer(question).to_dicts()
    known = sorted(filter(_has_customers, rows), key=_spend, reverse=True)
    if not known:
        why = reason_text(view.lang, rows[0].get("reason") if rows else None)
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    bars = "".join(_bar(view, question, known, *pair) for pair in SHARES)
    table = _table(view, question, known)
    st.html(f'<div {stated(question)}><div class="ch-bars">{bars}</div>{table}</div>')


def concentration(view: View) -> None:
    """How much of the revenue the largest customers bring."""
    question = view.ask("concentration", top="5")
    row = cards.first_row(question)
    if row.get("value") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    number = written(Cell(question, row), Ink(view.lang, "share"))
    big = say(view.lang, "concentration.big", share=f"<b>{number}</b>")
    lines = "".join(_line(view, top) for top in TOPS)
    below = _gini(view, question, row)
    st.html(
        f'<div class="ch-big">{big}</div><div class="ch-lines">{lines}</div>{below}'
    )


def _gini(view: View, question: Question, row: Row) -> str:
    index, count = Ink(view.lang, "index"), Ink(view.lang, "count")
    text = say(
        view.lang,
        "concentration.gini",
        n=written(Cell(question, row, "n"), count),
        gini=written(Cell(question, row, "gini"), index),
    )
    return f'<div class="ch-sub" style="margin-top:.9rem">{text}</div>'


def _has_customers(row: Row) -> bool:
    return bool(row.get("customers"))


def _spend(row: Row) -> float:
    """Revenue per customer: the order of tiers from the best down."""
    return float(row["revenue"]) / float(row["customers"])


def _bar(
    view: View, question: Question, rows: list[Row], name: str, column: str
) -> str:
    ink = Ink(view.lang, "share")
    parts = "".join(
        _part(question, row, column, ink, style.tier_colour(row["segment"], place))
        for place, row in enumerate(rows)
    )
    title = escape(say(view.lang, f"col.{name}"))
    return f'<div>{title}</div><div class="ch-bar">{parts}</div>'


def _part(question: Question, row: Row, column: str, ink: Ink, colour: str) -> str:
    share = row.get(column) or 0.0
    text = inside(Cell(question, row, column), ink) if share >= READABLE else ""
    name = label_of(ink.lang, str(row["segment"]), "tier")
    width = f"flex:{max(share, 0.0):.4f} 1 0;background:{colour}"
    return f'<span style="{width}" title="{escape(name)}">{text}</span>'


def _table(view: View, question: Question, rows: list[Row]) -> str:
    names = ("tier", "customers", "customer_share", "revenue", "revenue_share", "clv")
    first, *others = (escape(say(view.lang, f"col.{name}")) for name in names)
    heads = "".join(f'<th class="num">{other}</th>' for other in others)
    body = "".join(
        _tier(view, question, row, style.tier_colour(row["segment"], place))
        for place, row in enumerate(rows)
    )
    return (
        '<div class="ch-scroll"><table class="ch-table"><thead><tr>'
        f"<th>{first}</th>{heads}</tr></thead>{body}</table></div>"
    )


def _tier(view: View, question: Question, row: Row, colour: str) -> str:
    money = cards.ink_for(view, "revenue")
    share, count = money.of("share"), money.of("count")
    cells = (
        ("customers", count),
        ("customer_share", share),
        ("revenue", money),
        ("revenue_share", share),
        ("clv", money),
    )
    numbers = "".join(
        f'<td class="num">{inside(Cell(question, row, column), ink)}</td>'
        for column, ink in cells
    )
    name = escape(label_of(view.lang, str(row["segment"]), "tier"))
    swatch = f'<i class="ch-swatch" style="background:{colour}"></i>'
    return f'<tr><td><span class="ch-key">{swatch}{name}</span></td>{numbers}</tr>'


def _line(view: View, top: str) -> str:
    question = view.ask("concentration", top=top)
    row = cards.first_row(question)
    width = 100 * float(row.get("value") or 0.0)
    name = escape(say(view.lang, "concentration.top", top=top))
    number = written(Cell(question, row), Ink(view.lang, "share"))
    return (
        f'<span>{name}</span><div class="track">'
        f'<i style="width:{width:.1f}%"></i></div><b>{number}</b>'
    )
