"""Cohorts on the page Repurchase & retention: a heat table, and who is behind it."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, filters, formats, lists, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated
from dashboard.question import Question
from dashboard.style import ACCENT
from dashboard.words import reason_text, say
from metrics.cohorts import SHOWN
from metrics.estimates import EVERYONE

MOST = 24
"""Cohorts, and months after the first one, that are shown; the newest of them."""

FORMS = ("shares", "counts")
SPANS = ("in-month", "by-month")


def cohorts(view: View) -> None:
    """The heat table of the measure that the reader picked, and its customers."""
    with st.container(horizontal=True, gap="small", key="cohort-switches"):
        show, form, spread = (
            filters.pick(view, name, options, _labels(view, name, options))
            for name, options in (
                ("cohort_show", SHOWN),
                ("cohort_form", FORMS),
                ("cohort_span", SPANS),
            )
        )
    question = view.ask("cohort_retention", show=show)
    rows = queries.answer(question).to_dicts()
    if not rows or "cohort" not in rows[0]:
        why = reason_text(view.lang, rows[0].get("reason") if rows else None)
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    column = "value" if form == "shares" else "count"
    column += "_so_far" if spread == "by-month" else ""
    st.html(_table(question, rows, column, _ink(view, show, form)))
    _told(view, rows)
    _behind(view, rows, spread)


def _labels(view: View, name: str, options: Sequence[str]) -> list[str]:
    return [say(view.lang, f"{name}.{option}") for option in options]


def _ink(view: View, show: str, form: str) -> Ink:
    """Shares of customers in percent; means of orders and money as they are."""
    money = cards.ink_for(view, "revenue")
    if show in ("revenue", "margin"):
        return money
    if form == "counts":
        return money.of("count")
    return money.of("share" if show == "customers" else "score")


def _named(rows: Sequence[Row]) -> list[str]:
    """The newest cohorts in order, and the mean above them."""
    found = sorted({row["cohort"] for row in rows} - {EVERYONE})
    return [EVERYONE, *found[-MOST:]]


def _table(question: Question, rows: Sequence[Row], column: str, ink: Ink) -> str:
    named = _named(rows)
    shown = [r for r in rows if r["cohort"] in named and r["months_since"] <= MOST]
    found = {(row["cohort"], row["months_since"]): row for row in shown}
    spread = [
        abs(row[column])
        for row in shown
        if row["cohort"] != EVERYONE and row["months_since"] and row[column]
    ]
    most = max(spread, default=0.0) or 1.0
    months = max(row["months_since"] for row in shown) + 1
    body = "".join(
        _line(
            question, [found.get((name, k)) for k in range(months)], column, (ink, most)
        )
        for name in named
        if (name, 0) in found
    )
    heads = "".join(f'<th class="num">{month}</th>' for month in range(months))
    corner = escape(say(ink.lang, "cohorts.cohort"))
    size = escape(say(ink.lang, "cohorts.size"))
    return (
        f'<div class="ch-scroll ch-tall" {stated(question)}>'
        '<table class="ch-table ch-sums ch-cohorts">'
        f'<thead><tr><th>{corner}</th><th class="num">{size}</th>{heads}</tr></thead>'
        f"{body}</table></div>"
    )


def _line(
    question: Question,
    cells: Sequence[Row | None],
    column: str,
    drawn: tuple[Ink, float],
) -> str:
    first, ink = cells[0] or {}, drawn[0]
    name, kind = _name(ink.lang, first)
    size = inside(Cell(question, first, "n"), ink, "count")
    body = "".join(_cell(question, cell, column, drawn) for cell in cells)
    return (
        f'<tr{kind}><td class="ch-id ch-nowrap">{name}</td>'
        f'<td class="num faint">{size}</td>{body}</tr>'
    )


def _name(lang: str, row: Row) -> tuple[str, str]:
    if row["cohort"] == EVERYONE:
        return escape(say(lang, "cohorts.mean")), ' class="sum"'
    mark = " *" if row["burn_in"] else ""
    return escape(formats.month(lang, _day(row["cohort"])) + mark), ""


def _day(cohort: str) -> date:
    return date.fromisoformat(f"{cohort}-01")


def _cell(
    question: Question, row: Row | None, column: str, drawn: tuple[Ink, float]
) -> str:
    if row is None:
        return "<td></td>"
    ink, most = drawn
    number = inside(Cell(question, row, column), ink)
    if row[column] is None or not row["months_since"] or row["cohort"] == EVERYONE:
        return f'<td class="num">{number}</td>'
    weight = 55 * min(abs(row[column]) / most, 1.0) ** 0.7
    ground = f"color-mix(in srgb, {ACCENT} {weight:.0f}%, transparent)"
    return f'<td class="num" style="background:{ground}">{number}</td>'


def _told(view: View, rows: Sequence[Row]) -> None:
    """What the marks mean, and what is not shown."""
    named = _named(rows)
    hidden = len({row["cohort"] for row in rows} | {EVERYONE}) - len(named)
    lines = [say(view.lang, "cohorts.empty")]
    if any(row["burn_in"] for row in rows if row["cohort"] in named):
        lines.append(say(view.lang, "cohorts.burn_in"))
    if hidden > 0:
        lines.append(say(view.lang, "cohorts.hidden", n=hidden, most=MOST))
    st.html(f'<div class="ch-sub">{escape(" ".join(lines))}</div>')


def _behind(view: View, rows: Sequence[Row], spread: str) -> None:
    """Pickers of a cohort and a month of it, and the customers in it."""
    named = _named(rows)[:0:-1]
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="cohort-people"
    ):
        cohort = st.selectbox(
            say(view.lang, "cohorts.cohort"),
            named,
            key=f"w_cohort_{view.lang}",
            format_func=lambda name: formats.month(view.lang, _day(name)),
            width=160,
        )
        months = [
            row["months_since"]
            for row in rows
            if row["cohort"] == cohort and row["complete"] and row["months_since"]
        ]
        month = st.selectbox(
            say(view.lang, f"cohorts.{spread}"),
            [None, *months],
            key=f"w_cohort_month_{view.lang}_{cohort}_{spread}",
            format_func=lambda n: _month(view, n, spread),
            width=220,
        )
        options = {"cohort": cohort} | ({spread: str(month)} if month else {})
        question = view.ask("cohort_customers", **options)
        lists.link(view, (lists.People(question),), "cohort")


def _month(view: View, month: int | None, spread: str) -> str:
    if month is None:
        return say(view.lang, "cohorts.whole")
    return say(view.lang, f"cohorts.{spread}.n", n=month)
