"""Blocks of the page Loyalty programme: points held, members, accounts, expiry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from dashboard import blocks, cards, filters, lists, queries
from dashboard.answers import UNKNOWN
from dashboard.answers.loyalty import EVER
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row, matrix
from dashboard.words import label_of, reason_text, say

Columns = Sequence[tuple[str, str]]
LEVELS: Columns = (
    ("members", "count"),
    ("share", "share"),
    ("active_share", "share"),
    ("points", "count"),
    ("revenue", "money"),
    ("revenue_each", "money"),
)
WRONG: Columns = (
    ("opening", "count"),
    ("earned", "count"),
    ("redeemed", "count"),
    ("expired", "count"),
    ("adjusted", "count"),
    ("closing", "count"),
    ("balance", "count"),
    ("gap", "count"),
)
DUE: Columns = (("accounts", "count"), ("points", "count"), ("share", "share"))
SHOWN, MONTHS = 20, 24


@dataclass(frozen=True)
class Accounts(lists.People):
    """Members to list, under a name of their own."""

    label: str = ""
    file: str = "members"

    @property
    def name(self) -> str:
        """What files and elements of the list are called."""
        return f"members_{self.file}"

    def title(self, lang: str) -> str:
        """What the reader calls them."""
        return self.label or say(lang, "people.member_accounts")


def current() -> View:
    """The reader's view, as of the last day: the one for which accounts are kept."""
    chosen = filters.current()
    if chosen.as_of is not None:
        note(say(chosen.lang, "loyalty.last_day"))
    return replace(chosen, as_of=None, window=None)


def note(text: str) -> None:
    """A quiet notice."""
    st.html(f'<div class="ch-notice" role="status">{escape(text)}</div>')


def facts(view: View) -> None:
    """Points held, what they are expected to cost, and what becomes of points."""
    owed, check = view.ask("points_liability"), view.ask("points_reconciliation")
    spent, lost = view.ask("redemption_rate"), view.ask("breakage")
    tiles = (
        ("held", Cell(owed, cards.first_row(owed), "n"), "count"),
        ("liability", Cell(owed, cards.first_row(owed)), "money"),
        ("redemption", Cell(spent, cards.first_row(spent)), "share"),
        ("breakage", Cell(lost, cards.first_row(lost)), "share"),
        ("wrong", Cell(check, cards.first_row(check)), "count"),
    )
    for place, (name, cell, unit) in zip(
        blocks.columns(1, 1, 1, 1, 1), tiles, strict=True
    ):
        with place, cards.card(f"fact-{name}"):
            st.html(_tile(view, name, cell, unit))


def levels(view: View) -> None:
    """Members by level, with everyone, and those who are no members beside."""
    question = view.ask("loyalty_members")
    rows = rows_of(view, question)
    if not rows:
        return
    names = [label_of(view.lang, row["segment"], "level") for row in rows]
    st.html(grid(view, question, list(zip(names, rows, strict=True)), LEVELS, "level"))
    inside_ = [row["segment"] for row in rows if row["segment"] not in ("all", "none")]
    asked = [(None, say(view.lang, "people.member_accounts"))]
    asked += [(level, label_of(view.lang, level, "level")) for level in inside_]
    lists.link(view, tuple(_of_level(view, *each) for each in asked), "levels")


def reconciliation(view: View) -> None:
    """How many accounts add up, in a sentence, and those that do not, each listed."""
    question = view.ask("points_reconciliation")
    row = cards.first_row(question)
    if row.get("value") is None:
        st.html(_nothing(view, row))
        return
    count = Ink(view.lang, "count")
    told = {
        name: written(Cell(question, row, column), count)
        for name, column in (("wrong", "value"), ("n", "n"), ("unchecked", "unchecked"))
    }
    kind = "below" if row["value"] else "above"
    words = say(view.lang, f"reconcile.{kind}", **told)
    if row["unchecked"]:
        words += say(view.lang, "reconcile.unchecked", **told)
    st.html(f'<div class="ch-summary {kind}">{words}</div>')
    if row["value"]:
        _wrong(view)


def expiry(view: View) -> None:
    """Points that expire in each month to come, and whose they are."""
    question = view.ask("points_expiry")
    rows = rows_of(view, question)[:MONTHS]
    if not rows:
        return
    names = [label_of(view.lang, row["month"], "due") for row in rows]
    st.html(grid(view, question, list(zip(names, rows, strict=True)), DUE, "due"))
    lists.link(
        view,
        tuple(
            _due(view, row["month"], name)
            for row, name in zip(rows, names, strict=True)
        ),
        "due",
    )


def comparison(view: View) -> None:
    """Members against others who were alike a year ago, and what that is worth."""
    question = _asked_without_outcome(view, "member_comparison", EVER)
    rows = rows_of(view, question)
    if not rows:
        return
    if rows[0]["value"] is None:
        st.html(_nothing(view, rows[0]))
        return
    names = ("outcome", "member", "other", "difference")
    head = head_row([say(view.lang, f"compare.col.{n}") for n in names], words=1)
    body = "".join(_compared(view, question, row) for row in rows)
    told = {
        name: written(Cell(question, rows[0], name), Ink(view.lang, "count"))
        for name in ("n", "others", "unmatched", "strata")
    }
    grade = escape(say(view.lang, "compare.grade"))
    base = say(view.lang, "compare.base", **told)
    st.html(
        f'<div class="ch-summary undecided">{grade}</div>'
        f'{framed(question, head + body)}<div class="ch-sub">{base}</div>'
    )


def moves(view: View) -> None:
    """Members by tier a year ago and now."""
    question = _asked_without_outcome(view, "member_moves", (*EVER, "tier"))
    names = ("tier_from", "tier_to", "customers")
    matrix(view, question, names)


def rows_of(view: View, question: Question) -> list[Row]:
    """The rows of an answer; why there is none is written instead."""
    rows: list[Row] = queries.answer(question).to_dicts()
    if rows and rows[0].keys() != UNKNOWN.keys():  # the answer of a missing table
        return rows
    st.html(_nothing(view, rows[0] if rows else {}))
    return []


def grid(
    view: View,
    question: Question,
    rows: Sequence[tuple[str, Row]],
    columns: Columns,
    words: str,
) -> str:
    """A table of named rows: counts, shares and money."""
    heads = [say(view.lang, f"{words}.col.{name}") for name in ("name", *dict(columns))]
    ink = cards.ink_for(view, "revenue")
    body = "".join(
        f'<tr><td class="name ch-id">{escape(name)}</td>'
        + "".join(
            f'<td class="num">{inside(Cell(question, row, column), ink.of(unit))}</td>'
            for column, unit in columns
        )
        + "</tr>"
        for name, row in rows
    )
    return framed(question, head_row(heads, words=1) + body)


def _tile(view: View, name: str, cell: Cell, unit: str) -> str:
    ink = cards.ink_for(view, "revenue").of(unit)
    why = cell.row.get("reason") if cell.number is None else None
    below = reason_text(view.lang, why) if why else say(view.lang, f"fact.{name}.sub")
    mark = cards.definition_mark(view, cell.question.metric)
    return (
        f'<div class="ch-kpi"><div class="ch-kpi-head">'
        f"<b>{escape(say(view.lang, f'fact.{name}'))}</b> {mark}</div>"
        f'<div class="ch-value">{written(cell, ink)}</div>'
        f'<div class="ch-interval">{escape(below)}</div></div>'
    )


def _wrong(view: View) -> None:
    question = view.ask("member_accounts", list="mismatched")
    _, first = queries.first_people(question, None)
    rows = [(row["customer_id"], row) for row in first.head(SHOWN).to_dicts()]
    st.html(grid(view, question, rows, WRONG, "account"))
    label = say(view.lang, "people.mismatched")
    lists.files(view, Accounts(question, None, label, "mismatched"))


def _of_level(view: View, level: str | None, label: str) -> Accounts:
    given = {} if level is None else {"level": level}
    return Accounts(view.ask("member_accounts", **given), None, label, level or "all")


def _due(view: View, month: str, label: str) -> Accounts:
    question = view.ask("member_accounts", due=month)
    return Accounts(question, None, label, f"due_{month}")


def _compared(view: View, question: Question, row: Row) -> str:
    ink = cards.ink_for(view, "revenue").of(row["unit"])
    low, value, high = (
        inside(Cell(question, row, name), ink, "change")
        for name in ("ci_low", "value", "ci_high")
    )
    between = say(view.lang, "campaigns.range", low=low, high=high)
    means = "".join(
        f'<td class="num">{inside(Cell(question, row, name), ink)}</td>'
        for name in ("member_mean", "other_mean")
    )
    name = escape(say(view.lang, f"compare.{row['outcome']}"))
    return (
        f'<tr><td class="name">{name}</td>{means}<td class="num"><b>{value}</b><br>'
        f'<span class="ch-sub ch-nowrap">{between}</span></td></tr>'
    )


def _asked_without_outcome(view: View, metric: str, known: tuple[str, ...]) -> Question:
    """The question without the filters that it cannot take; which, is said."""
    kept = tuple(each for each in view.where if each.attribute in known)
    if kept != view.where:
        note(say(view.lang, "compare.unfiltered"))
    return replace(view, where=kept).ask(metric)


def _nothing(view: View, row: Row) -> str:
    why = reason_text(view.lang, row.get("reason"))
    return cards.empty(say(view.lang, "empty.title"), why)
