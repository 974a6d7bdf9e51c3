"""Plan the next test on the page Campaigns: its size, and the members by lot."""

from html import escape

import streamlit as st

from dashboard import cards, formats, lists
from dashboard.filters import View
from dashboard.lists import People
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import reason_text, say
from metrics.trial_planner import CONTROL, TREATMENT

SHARES = (("lift", 30, 1, 1000), ("control", 20, 1, 99))
DAYS = (30, 1, 730)
SHOWN = (
    ("value", "share", "value"),
    ("detectable", "share", "relative"),
    ("days", "count", "value"),
)
PAIRS = (
    ("needed", ("treatment", "control")),
    ("beyond", ("beyond_treatment", "beyond_control")),
)
"""What stands on a tile: numbers of the plan, and pairs of sizes of the arms."""


def plan(view: View) -> None:
    """What the test is for, how many members that takes, and who gets which arm."""
    asked = _aims(view)
    question = view.ask("trial_plan", **asked)
    row = cards.first_row(question)
    st.html(f'<div class="ch-sub">{_audience(view, question, row)}</div>')
    tiles = [_tile(view, question, *each) for each in SHOWN]
    tiles += [_pair(view, question, *each) for each in PAIRS]
    st.html(f'<div class="ch-tiles ch-plan">{"".join(tiles)}</div>')
    if row["reason"]:
        why = escape(reason_text(view.lang, row["reason"]))
        st.html(f'<div class="ch-sub ch-doubt">⚠ {why}</div>')
    if row["audience"]:
        _members(view, row["audience"], asked["control"])


def _aims(view: View) -> dict[str, str]:
    """The lift to find, the share of control, and the days until it is read."""
    found = {}
    columns = st.columns(3, gap="small")
    for column, (name, usual, least, most) in zip(columns, SHARES, strict=False):
        with column:
            share = _number(view, name, (usual, least, most))
            found[name] = f"{share / 100:g}"
    with columns[2]:
        found["days"] = str(_number(view, "days", DAYS))
    return found


def _number(view: View, name: str, limits: tuple[int, int, int]) -> int:
    usual, least, most = limits
    given = st.number_input(
        say(view.lang, f"planner.{name}"),
        min_value=least,
        max_value=most,
        value=usual,
        key=f"planner_{name}",
    )
    return int(given)


def _audience(view: View, question: Question, row: Row) -> str:
    told = {
        name: written(Cell(question, row, name), Ink(view.lang, "count"))
        for name in ("audience", "spared")
    }
    return say(view.lang, "planner.audience", **told)


def _tile(view: View, question: Question, name: str, unit: str, form: str) -> str:
    row = cards.first_row(question)
    shown = written(Cell(question, row, name), Ink(view.lang, unit), form)
    return _framed(view, name, shown)


def _pair(view: View, question: Question, name: str, arms: tuple[str, str]) -> str:
    row, ink = cards.first_row(question), Ink(view.lang, "count")
    sizes = [written(Cell(question, row, arm), ink) for arm in arms]
    shown = formats.DASH if formats.DASH in sizes else " + ".join(sizes)
    return _framed(view, name, shown)


def _framed(view: View, name: str, shown: str) -> str:
    title, below = (say(view.lang, f"planner.{name}.{e}") for e in ("title", "sub"))
    return (
        f'<div class="ch-tile"><div class="ch-kpi-head"><b>{escape(title)}</b></div>'
        f'<div class="ch-value">{shown}</div>'
        f'<div class="ch-interval">{escape(below)}</div></div>'
    )


def _members(view: View, audience: int, control: str) -> None:
    """The assignment as files: how many, of which campaign, by which lot."""
    first, second, third = st.columns(3, gap="small")
    with first:
        limits = (audience, 1, audience)
        members = _number(view, "members", limits)
    with second:
        campaign = st.text_input(
            say(view.lang, "planner.campaign"), "TEST", key="planner_campaign"
        )
    with third:
        seed = st.text_input(say(view.lang, "planner.seed"), "1", key="planner_seed")
    question = view.ask(
        "trial_assignment",
        campaign=campaign.strip() or "TEST",
        control=control,
        members=str(members),
        seed=seed.strip() or "1",
    )
    spared = round(members * float(control))
    counts = {
        TREATMENT: formats.count(view.lang, members - spared),
        CONTROL: formats.count(view.lang, spared),
    }
    st.caption(say(view.lang, "planner.drawn", **counts))
    lists.files(view, People(question))
