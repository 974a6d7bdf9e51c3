"""The page Campaigns: all campaigns ranked, the verdict on one, and its members."""

from dataclasses import replace
from html import escape

import streamlit as st

from dashboard import cards, filters, formats, lists, queries, state
from dashboard.campaign_numbers import arm_prefix, lift, ranged, rows_of
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import reason_text, say

GATES = {
    "roll_out": "above",
    "lean": "above",
    "keep_piloting": "undecided",
    "not_decidable": "",
    "works_below_target": "undecided",
    "stop": "below",
    "harmful": "below",
}
CHIPS = {"above": "good", "below": "bad", "undecided": "undecided"}
BROUGHT = ("incremental_margin", "incremental_low", "incremental_high")
RELATIVE = ("value", "ci_low", "ci_high")


def current() -> View:
    """The reader's view, as of the last day: the one for which campaigns are kept."""
    chosen = filters.current()
    if chosen.as_of is not None:
        st.html(_note(say(chosen.lang, "campaigns.last_day")))
    return replace(chosen, as_of=None, window=None)


def ranking(view: View) -> None:
    """Every campaign and arm, by what it brought."""
    question = view.ask("campaigns")
    rows = rows_of(view, question)
    names = ("campaign", "design", "members", "lift", "brought", "roi", "verdict")
    head = head_row([say(view.lang, f"campaigns.col.{n}") for n in names], words=2)
    body = "".join(_ranked(view, question, row) for row in rows)
    if rows:
        st.html(framed(question, head + body))


def picked(view: View) -> str:
    """The campaign that the reader picked; by default the first that can be told."""
    names = queries.campaign_names()
    if not names:
        st.stop()
    ranked = rows_of(view, view.ask("campaigns"))
    told = [row["campaign"] for row in ranked if row["ci_low"] is not None]
    offered = tuple(dict.fromkeys((*told, *names)))
    key, current = f"w_campaign_{view.lang}", filters.picked("campaign", offered)
    st.session_state[key] = current
    st.selectbox(
        say(view.lang, "campaigns.pick"),
        list(names),
        key=key,
        format_func=lambda code: f"{names[code]} · {code}",
        on_change=lambda: state.choose("campaign", st.session_state[key]),
    )
    return current


def verdict(view: View, campaign: str) -> None:
    """What it was, and per treatment arm one plain sentence."""
    question = view.ask("pilot_gate", campaign=campaign)
    for row in rows_of(view, question):
        gate = row["gate"]
        words = _sentence(view, question, row)
        st.html(
            f'<div class="ch-summary {GATES[gate]}"><b>{arm_prefix(view, row)}'
            f"{escape(say(view.lang, f'gate.{gate}'))}</b><br>{words}"
            f"{_aim(view, question, row)}"
            f'<div class="ch-sub">{escape(_about(view, row))}</div></div>'
        )


def members(view: View, campaign: str) -> None:
    """The members of a stage: how many, the first of them, and files of all."""
    labels = [say(view.lang, f"stage.{name}") for name in filters.STAGES]
    stage = filters.pick(view, "stage", filters.STAGES, labels)
    question = view.ask("campaign_members", campaign=campaign, stage=stage)
    total, _ = queries.first_people(question, None)
    number = formats.count(view.lang, total)
    name = say(view.lang, f"stage.{stage}")
    st.caption(say(view.lang, "people.count", name=name, n=number))
    lists.files(view, lists.People(question))


def _ranked(view: View, question: Question, row: Row) -> str:
    ink = cards.ink_for(view, "revenue")
    name = f"{escape(row['name'])}<br><span class='ch-sub'>{arm_prefix(view, row)}"
    days = f"{formats.short_day(view.lang, row['starts_on'])}</span>"
    design = escape(say(view.lang, f"design.{row['design']}"))
    brought = [inside(Cell(question, row, n), ink) for n in BROUGHT]
    treated = inside(Cell(question, row, "members"), ink.of("count"))
    return (
        f'<tr><td class="name">{name}{days}</td><td>{design}</td>'
        f'<td class="num">{treated}</td>'
        f'<td class="num">{lift(view, question, row, RELATIVE)}</td>'
        f'<td class="num">{ranged(view, brought)}</td>'
        f'<td class="num">{_roi(view, question, row)}</td>'
        f"<td>{_chip(view, row)}</td></tr>"
    )


def _roi(view: View, question: Question, row: Row) -> str:
    names = ("roi", "roi_low", "roi_high")
    return lift(view, question, row, names)


def _chip(view: View, row: Row) -> str:
    kind = GATES[row["gate"]]
    words = escape(say(view.lang, f"gate.{row['gate']}"))
    why = reason_text(view.lang, row["reason"]) if row["reason"] else ""
    below = f'<div class="ch-sub">{escape(why)}</div>' if why else ""
    return f'<span class="ch-state {CHIPS.get(kind, "")}">{words}</span>{below}'


def _sentence(view: View, question: Question, row: Row) -> str:
    if row["reason"]:
        why = escape(reason_text(view.lang, row["reason"]))
        return f'<span class="ch-id">{why}</span>'
    ink = Ink(view.lang, "share")
    names = {"value": "value", "low": "ci_low", "high": "ci_high", "limit": "threshold"}
    told = {
        key: written(Cell(question, row, name), ink, "relative")
        for key, name in names.items()
    }
    words = say(view.lang, f"gate.{row['gate']}.why", **told)
    if not row["implausible"]:
        return words
    doubt = say(view.lang, "gate.implausible")
    return f'{words} <span class="ch-id">{doubt}</span>'


def _aim(view: View, question: Question, row: Row) -> str:
    """The lift against the campaign's own target, where it has one."""
    if row["against_aim"] is None:
        return ""
    aim = written(Cell(question, row, "aim"), Ink(view.lang, "share"), "relative")
    words = say(view.lang, f"aim.{row['against_aim']}", aim=aim)
    kind = CHIPS.get(row["against_aim"], "")
    return f'<div><span class="ch-state {kind}">{words}</span></div>'


def _about(view: View, row: Row) -> str:
    """What the campaign was: design, days, outcome, and how far it has come."""
    days = [
        formats.short_day(view.lang, row[name]) for name in ("starts_on", "ends_on")
    ]
    return say(
        view.lang,
        "campaigns.about",
        design=say(view.lang, f"design.{row['design']}"),
        start=days[0],
        end=days[1],
        outcome=say(view.lang, f"outcome.{row['outcome']}"),
        phase=say(view.lang, f"phase.{row['phase']}"),
    )


def _note(text: str) -> str:
    return f'<div class="ch-notice" role="status">{escape(text)}</div>'
