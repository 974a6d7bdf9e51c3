"""KPI cards, and the dialog with a metric's full trend behind each of them."""

import shlex
from html import escape

import streamlit as st

from dashboard import charts, limits, lists, sparkline
from dashboard.cards import (
    change_cell,
    change_meaning,
    definition_mark,
    first_row,
    ink_for,
    interval,
    is_thin,
    state_chip,
    window_words,
)
from dashboard.catalogue import Metric, find
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import explanation, label, reason_text, say

COMPARED = {"both": "year", "month": "previous"}
DIALOG_HEIGHT = 360


def row(view: View, metrics: tuple[str, ...], columns: int = 3) -> None:
    """A grid of KPI cards; each opens its metric's whole history."""
    with st.grid(columns, min_column_width=270, gap=14):
        for metric in metrics:
            kpi(view, metric)


def stacked(view: View, metrics: tuple[str, ...]) -> None:
    """KPI cards below each other."""
    row(view, metrics, columns=1)


def kpi(view: View, metric: str) -> None:
    """One KPI card."""
    with st.container(key=f"card-kpi-{metric}", gap="xxsmall", height="stretch"):
        st.html(_kpi(view, find(metric)))
        known = first_row(view.ask(metric)).get("value") is not None
        clicked = known and _trend_link(view, metric)
        found = lists.of(view, metric) if known else ()
        if found:
            lists.link(view, found, metric)
    if clicked:
        trend_dialog(view, metric)


def _trend_link(view: View, metric: str) -> bool:
    with st.container(key=f"trendlink-{metric}"):
        return st.button(
            say(view.lang, "kpi.trend"),
            key=f"trend_of_{metric}_{view.lang}",
            type="tertiary",
        )


def trend_dialog(view: View, metric: str) -> None:
    """The whole history of a metric, its definition, and the command that prints it."""
    found = find(metric)

    @st.dialog(label(view.lang, found), width="large")
    def opened() -> None:
        st.caption(charts.caption(view, metric))
        charts.trend(view, metric, height=DIALOG_HEIGHT, place="dialog")
        st.html(f'<div class="ch-said">{escape(explanation(view.lang, found))}</div>')
        arguments = shlex.join(view.ask(metric, by="as_of").arguments())
        st.code(f"customer-health metric {arguments}", language=None, wrap_lines=True)

    opened()


def _kpi(view: View, metric: Metric) -> str:
    question = view.ask(metric.name)
    row, ink = first_row(question), ink_for(view, metric.name)
    thin = " ch-small-n" if is_thin(row) else ""
    head = (
        f'<div class="ch-kpi-head"><b>{escape(label(view.lang, metric))}</b>'
        f"{definition_mark(view, metric.name)}"
        f"<span>{escape(window_words(view, metric))}</span></div>"
    )
    return (
        f'<div class="ch-kpi{thin}" data-kpi="{metric.name}">{head}'
        f"{_main(view, question, row, ink)}"
        f'<div class="ch-deltas">{_changes(view, metric, row, ink)}</div>'
        f"{_foot(view, metric, row, ink)}</div>"
    )


def _main(view: View, question: Question, row: Row, ink: Ink) -> str:
    if row.get("value") is None:
        why = escape(reason_text(view.lang, row.get("reason")))
        dash = written(Cell(question, row), ink)
        return (
            f'<div class="ch-value ch-small-n">{dash}</div>'
            f'<div class="ch-interval">{why}</div>'
        )
    unit = say(view.lang, f"unit.{ink.unit}")
    value = f"{written(Cell(question, row), ink)}<small>{escape(unit)}</small>"
    history = sparkline.history(view, question.metric)
    return (
        f'<div class="ch-kpi-main"><div class="ch-value">{value}</div>{history}</div>'
        f'<div class="ch-interval">{interval(view.lang, question, row, ink)}</div>'
    )


def _changes(view: View, metric: Metric, row: Row, ink: Ink) -> str:
    if row.get("value") is None:
        return ""
    against = _compared(view, metric)
    changes = "".join(_change(view, metric, each, ink) for each in against)
    return changes or escape(say(view.lang, "compare.none"))


def _compared(view: View, metric: Metric) -> tuple[str, ...]:
    """What a value is compared with; a state, with the month end before."""
    if metric.window is None:
        return ("month", "year")
    return ("both",) if _yearly(view, metric) else ("previous", "year")


def _yearly(view: View, metric: Metric) -> bool:
    """Whether the window before and the window a year ago are the same."""
    return (view.window or metric.window) == "365"


def _change(view: View, metric: Metric, against: str, ink: Ink) -> str:
    question = view.ask(metric.name, compare=COMPARED.get(against, against))
    cell, form = change_cell(metric, question)
    if cell.number is None:
        return ""
    mark = change_meaning(metric, cell, ink)
    label = escape(say(view.lang, f"compare.{against}"))
    number = written(cell, ink, form)
    return f'<span>{label} <span class="ch-delta {mark}">{number}</span></span>'


def _foot(view: View, metric: Metric, row: Row, ink: Ink) -> str:
    question = view.ask(metric.name)
    chip = state_chip(question, row, ink)
    foot = f'<div class="ch-foot">{chip}{_target(question, metric, row, ink)}</div>'
    return foot + _doubt(ink.lang, row)


def _doubt(lang: str, row: Row) -> str:
    """What to know about a value that is shown all the same."""
    if row.get("value") is None or is_thin(row) or not row.get("reason"):
        return ""
    words = escape(reason_text(lang, row["reason"]))
    return f'<div class="ch-sub ch-doubt">⚠ {words}</div>'


def _target(question: Question, metric: Metric, row: Row, ink: Ink) -> str:
    if row.get("target") is None or row.get("value") is None:
        return ""
    words = say(
        ink.lang,
        "target.missed" if limits.misses_target(metric, row) else "target.met",
        target=written(Cell(question, row, "target"), ink),
        gap=written(Cell(question, row, "target_distance"), ink, "distance"),
    )
    return f"<span>{words}</span>"
