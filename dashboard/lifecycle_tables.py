"""Blocks of the page Life cycle: stages, flows, leads, costs, steps, break points."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import streamlit as st

from dashboard import filters, lists
from dashboard.filters import View
from dashboard.loyalty_tables import Accounts, Columns, grid, note, rows_of
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.tier_tables import matrix
from dashboard.words import label_of, say
from metrics.stages import STAGES as ORDER

STAGES: Columns = (("customers", "count"), ("share", "share"))
BOUNDS: Columns = (
    *(("value", "share"), ("ci_low", "share"), ("ci_high", "share")),
    ("median_days", "days"),
)
LEADS: Columns = (("count", "count"), *BOUNDS)
STEPS: Columns = (("n", "count"), ("went_on", "count"), *BOUNDS)
COSTS: Columns = (
    *(("spend", "money"), ("n", "count"), ("value", "money"), ("clv", "money")),
    *(("ltv_cac", "ratio"), ("payback_months", "count")),
)


def current() -> View:
    """The reader's view, as of the last day, by what cells are kept of."""
    chosen = filters.current()
    if chosen.as_of is not None:
        note(say(chosen.lang, "lifecycle.last_day"))
    kept = chosen.where
    named = {each.attribute for each in kept}
    if "store" in named and named - {"store", "region"}:
        note(say(chosen.lang, "lifecycle.no_store"))
        kept = tuple(each for each in kept if each.attribute != "store")
    return replace(chosen, as_of=None, where=kept)


def stages(view: View) -> None:
    """Customers by stage, and their lists."""
    question = view.ask("lifecycle_stage")
    rows = rows_of(view, question)
    names = [label_of(view.lang, row["segment"], "stage") for row in rows]
    named = list(zip(names, rows, strict=True))
    st.html(grid(view, question, named, STAGES, "stage"))
    offered = tuple(
        Accounts(
            view.ask("lifecycle_customers", stage=row["segment"]),
            None,
            name,
            row["segment"],
        )
        for name, row in named
    )
    if offered:
        lists.link(view, offered, "stages")


def flows(view: View) -> None:
    """Who moved from which stage to which since the last month end."""
    question = view.ask("lifecycle_flows")
    names = ("stage_from", "stage", "customers")
    matrix(view, question, names, "stage", ORDER)


def funnel(view: View) -> None:
    """How far leads came, and where most of them are lost."""
    question = _by_channel(view, "acquisition_funnel")
    rows = [row for row in rows_of(view, question) if row["segment"] == "all"]
    if not rows:
        return
    names = [say(view.lang, f"leadstage.{row['stage']}") for row in rows]
    sure = rows[:-1]  # who bought once may still buy again: that is told by purchase
    _break(view, question, sure, ("breaks.lead", [*pairwise(names[:-1])]))
    named = list(zip(names, rows, strict=True))
    st.html(grid(view, question, named, LEADS, "lead"))


def costs(view: View) -> None:
    """What a customer costs to win, by channel, and when that is earned back."""
    question = _by_channel(view, "cac")
    name = namer(view.lang, "acquisition_channel")
    named = [(name(row["segment"]), row) for row in rows_of(view, question)]
    if named:
        st.html(grid(view, question, named, COSTS, "cost"))


def steps(view: View) -> None:
    """From purchase to purchase, and where most customers stop."""
    question = view.ask("purchase_steps")
    rows = rows_of(view, question)
    if not rows:
        return
    pairs = [tuple(row["segment"].split("-")) for row in rows]
    _break(view, question, [{}, *rows], ("breaks.step", pairs))
    named = [(row["segment"].replace("-", " → "), row) for row in rows]
    st.html(grid(view, question, named, STEPS, "step"))


def _break(
    view: View,
    question: Question,
    rows: Sequence[Row],
    words: tuple[str, Sequence[tuple[str, ...]]],
) -> None:
    """The step after which the smallest share goes on, in a sentence."""
    key, pairs = words
    told = [
        (row, pair)
        for row, pair in zip(rows[1:], pairs, strict=True)
        if row["value"] is not None
    ]
    if not told:
        return
    row, (before, stage) = min(told, key=lambda each: float(each[0]["value"]))
    share = written(Cell(question, row), Ink(view.lang, "share"))
    sentence = say(view.lang, key, before=before, stage=stage, share=share)
    st.html(f'<div class="ch-summary undecided ch-id">{sentence}</div>')


def _by_channel(view: View, metric: str) -> Question:
    """The question with the filter on channels alone; what is left out, is said."""
    kept = tuple(each for each in view.where if each.attribute == "acquisition_channel")
    if kept != view.where:
        note(say(view.lang, "lifecycle.channel_only"))
    return replace(view, where=kept).ask(metric)
