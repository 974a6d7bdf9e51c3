"""One campaign in full: outcomes, segments, guards, power, funnel."""

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard import cards, filters
from dashboard.campaign_numbers import (
    arm_name,
    arm_prefix,
    lift,
    plain,
    ranged,
    relative,
    rows_of,
    share_of,
)
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import reason_text, say

CUTS = ("tier", "region", "customer_type", "acquisition_channel")
STAGES = ("members", "reached", "opened", "clicked", "redeemed")
RATIO = ("relative", "relative_low", "relative_high")


def effects(view: View, campaign: str) -> None:
    """Every outcome of everyone: both means, the lift, and its interval."""
    question = view.ask("campaign_effect", campaign=campaign)
    rows = rows_of(view, question)
    names = ("outcome", "treatment", "control", "lift", "adjusted", "p")
    head = head_row([say(view.lang, f"effect.col.{n}") for n in names], words=1)
    body = "".join(_effect(view, question, row, _outcome(view, row)) for row in rows)
    if rows:
        st.html(framed(question, head + body))


def segments(view: View, campaign: str) -> None:
    """The primary outcome by segment, with what many tests at once allow to say."""
    labels = [say(view.lang, f"by.{cut}") for cut in CUTS]
    cut = filters.pick(view, "cut", CUTS, labels)
    question = view.ask("campaign_effect", by=cut, campaign=campaign)
    rows, name = rows_of(view, question), namer(view.lang, cut)
    names = ("segment", "treatment", "control", "lift", "adjusted", "p")
    head = head_row([say(view.lang, f"effect.col.{n}") for n in names], words=1)
    body = "".join(
        _effect(view, question, row, _segment(view, row, name)) for row in rows
    )
    if rows:
        st.html(framed(question, head + body))


def guards(view: View, campaign: str) -> None:
    """The split against the plan, members in two arms, and how the test is read."""
    question = view.ask("srm", campaign=campaign)
    rows = rows_of(view, question)
    if not rows:
        return
    names = ("arm", "members", "expected", "both")
    head = head_row([say(view.lang, f"guards.col.{n}") for n in names], words=1)
    count = Ink(view.lang, "count")
    body = "".join(
        f'<tr><td class="name">{_named(view, row)}</td>'
        + "".join(
            f'<td class="num">{inside(Cell(question, row, column), count)}</td>'
            for column in ("members", "expected", "contaminated")
        )
        + "</tr>"
        for row in rows
    )
    st.html(framed(question, head + body) + _split(view, question, rows[0]))


def funnel(view: View, campaign: str) -> None:
    """How many of each arm were assigned, reached, opened, clicked and redeemed."""
    question = view.ask("campaign_funnel", campaign=campaign)
    rows = rows_of(view, question)
    head = head_row([say(view.lang, f"funnel.col.{n}") for n in ("arm", *STAGES)], 1)
    body = "".join(
        f'<tr><td class="name">{_named(view, row)}</td>'
        + "".join(
            f'<td class="num">{plain(view, question, row, stage)}<br>'
            f'<span class="ch-sub">{share_of(view, question, row, stage)}</span></td>'
            for stage in STAGES
        )
        + "</tr>"
        for row in rows
    )
    if rows:
        st.html(framed(question, head + body))


def power(view: View, campaign: str) -> None:
    """What the members can find, and how many the wanted lift takes."""
    question = view.ask("campaign_power", campaign=campaign)
    rows = rows_of(view, question)
    names = ("arm", "n", "detectable", "needed", "missing", "days")
    head = head_row([say(view.lang, f"power.col.{n}") for n in names], words=1)
    units = {"n": "count", "needed": "count", "missing": "count", "days_left": "days"}
    body = "".join(
        f'<tr><td class="name">{_named(view, row)}</td>'
        f'<td class="num">{plain(view, question, row, "n")}</td>'
        f'<td class="num">{relative(view, question, row, "detectable_relative")}</td>'
        + "".join(
            f'<td class="num">{plain(view, question, row, name)}</td>'
            for name in list(units)[1:]
        )
        + "</tr>"
        for row in rows
    )
    if rows:
        st.html(framed(question, head + body))


def _segment(view: View, row: Row, name: Callable[[str], str]) -> str:
    return arm_prefix(view, row) + escape(name(row["segment"]))


def _outcome(view: View, row: Row) -> str:
    name = escape(say(view.lang, f"outcome.{row['outcome']}"))
    return arm_prefix(view, row) + (f"<b>{name}</b>" if row["primary"] else name)


def _effect(view: View, question: Question, row: Row, name: str) -> str:
    ink = cards.ink_for(view, "revenue").of(row["unit"])
    means = "".join(
        f'<td class="num">{inside(Cell(question, row, column), ink)}<br>'
        f'<span class="ch-sub">n {plain(view, question, row, size)}</span></td>'
        for column, size in (("mean", "members"), ("control_mean", "control_members"))
    )
    lifted = lift(view, question, row, RATIO)
    adjusted = [
        inside(Cell(question, row, column), ink, "change")
        for column in ("adjusted", "adjusted_low", "adjusted_high")
    ]
    p_value = inside(Cell(question, row, "p_adjusted"), Ink(view.lang, "index"))
    found = say(view.lang, "effect.found") if row["found"] else ""
    why = reason_text(view.lang, row["reason"]) if row["reason"] else found
    return (
        f'<tr><td class="name">{name}</td>{means}<td class="num">{lifted}</td>'
        f'<td class="num">{ranged(view, adjusted)}</td><td class="num">{p_value}'
        f'<div class="ch-sub">{escape(why)}</div></td></tr>'
    )


def _split(view: View, question: Question, row: Row) -> str:
    if row["p_value"] is None:
        return (
            f'<div class="ch-sub">{escape(reason_text(view.lang, row["reason"]))}</div>'
        )
    p_value = written(Cell(question, row, "p_value"), Ink(view.lang, "index"))
    key = "guards.alarm" if row["alarm"] else "guards.fine"
    kind = "below" if row["alarm"] else "above"
    return f'<div class="ch-summary {kind}">{say(view.lang, key, p=p_value)}</div>'


def _named(view: View, row: Row) -> str:
    return f'<span class="ch-id">{escape(arm_name(view, row["segment"]))}</span>'
