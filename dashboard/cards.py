"""KPI cards and the frame around every other block of a page.

A card says its metric, window, value with unit, interval and base, the change against
the previous window and the same window last year, its state against the threshold in
words, and the history as a sparkline. An unknown value is a dash with its reason.

Every number on a page is written by `numbers.written`, which wraps it in an element
with `data-metric`, `data-args`, `data-column` and `data-row`: the arguments of
`customer-health metric` that print it again. The convention stands in full in
`dashboard/numbers.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from dashboard import limits, queries, sparkline, state
from dashboard.catalogue import Metric, find
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import SMALL, TEXTS, explanation, label, reason_text, say

COMPARED = {"both": "year"}
ICONS = {"above": "▲", "below": "▼", "undecided": "◆"}


@contextmanager
def card(key: str, title: str = "", sub: str = "") -> Iterator[None]:
    """A white card with a title and a line below it."""
    with st.container(key=f"card-{key}", gap="xsmall", height="stretch"):
        if title:
            st.html(heading(title, sub))
        yield


def heading(title: str, sub: str = "", mark: str = "") -> str:
    """A block's title, its help mark and the line below."""
    below = f'<div class="ch-sub">{escape(sub)}</div>' if sub else ""
    return f'<div class="ch-title">{escape(title)} {mark}</div>{below}'


def kpis(view: View, metrics: tuple[str, ...], columns: int = 3) -> None:
    """A grid of KPI cards; each opens its metric in the trend chart of the page."""
    with st.grid(columns, min_column_width=270, gap=14):
        for metric in metrics:
            kpi(view, metric)


def stacked(view: View, metrics: tuple[str, ...]) -> None:
    """KPI cards below each other."""
    kpis(view, metrics, columns=1)


def kpi(view: View, metric: str) -> None:
    """One KPI card."""
    with st.container(key=f"card-kpi-{metric}", gap="xxsmall", height="stretch"):
        st.html(_kpi(view, find(metric)))
        with st.container(key=f"trendlink-{metric}"):
            st.button(
                say(view.lang, "kpi.trend"),
                key=f"trend_of_{metric}_{view.lang}",
                type="tertiary",
                help=say(view.lang, "kpi.trend.help"),
                on_click=state.choose,
                args=("trend", metric),
            )


def first_row(question: Question) -> Row:
    """The first row of an answer; an empty one where nothing came back."""
    rows: list[Row] = queries.answer(question).head(1).to_dicts()
    return rows[0] if rows else {"value": None, "n": 0, "segment": "all"}


def is_thin(row: Row) -> bool:
    """Whether there is a value, from too few to rely on."""
    return row.get("value") is not None and row.get("reason") == SMALL


def ink_for(view: View, metric: str) -> Ink:
    """How this metric's numbers are written for this reader."""
    return Ink(view.lang, find(metric).unit, queries.freshness().currency)


def state_chip(lang: str, metric: Metric, row: Row, ink: Ink) -> str:
    """The state against the threshold: an icon and words, colour beside."""
    limit = limits.threshold(metric.name)
    status, meaning = row.get("state"), row.get("verdict") or ""
    if limit is None or status not in ICONS or row.get("value") is None:
        return ""
    words = say(lang, f"state.{status}", limit=ink.value(limit))
    return f'<span class="ch-state {meaning}">{ICONS[status]} {escape(words)}</span>'


def help_mark(lang: str, text: str) -> str:
    """A question mark that opens the definition on hover and on focus."""
    label = escape(say(lang, "help.label"), quote=True)
    tip = f'<span class="ch-tip" role="tooltip">{escape(text)}</span>'
    return f'<span class="ch-help" tabindex="0" aria-label="{label}">?{tip}</span>'


def definition_mark(view: View, metric: str) -> str:
    """The help mark with a metric's definition."""
    return help_mark(view.lang, explanation(view.lang, find(metric)))


def empty(title: str, text: str = "") -> str:
    """What stands where a block has nothing to show."""
    return f'<div class="ch-empty"><b>{escape(title)}</b>{escape(text)}</div>'


def interval(lang: str, question: Question, row: Row, ink: Ink) -> str:
    """Interval and base of an estimate in one line; a count is its own base."""
    parts = []
    if row.get("ci_low") is not None and row.get("ci_high") is not None:
        low, high = (
            written(Cell(question, row, c), ink) for c in ("ci_low", "ci_high")
        )
        parts.append(say(lang, "kpi.interval", low=low, high=high))
    if row.get("n") is not None and ink.unit != "count":
        parts.append(
            say(
                lang,
                _base(question.metric),
                n=written(Cell(question, row, "n"), ink, "count"),
            )
        )
    if is_thin(row):
        parts.append(escape(say(lang, "kpi.n_too_small")))
    return " · ".join(parts)


def _base(metric: str) -> str:
    """What n counts, where it is not plainly the base of a rate."""
    key = f"kpi.n.{metric}"
    return key if key in TEXTS else "kpi.n"


def window_words(view: View, metric: Metric) -> str:
    """The window a metric is shown for, in words; nothing where it has none."""
    window = (view.window or metric.window) if metric.window else None
    return say(view.lang, f"window.{window}") if window else ""


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
    against = ("both",) if _yearly(view, metric) else ("previous", "year")
    return "".join(_change(view, metric, each, ink) for each in against)


def _yearly(view: View, metric: Metric) -> bool:
    """Whether the window before and the window a year ago are the same."""
    return metric.window is not None and (view.window or metric.window) == "365"


def _change(view: View, metric: Metric, against: str, ink: Ink) -> str:
    question = view.ask(metric.name, compare=COMPARED.get(against, against))
    cell, form = change_cell(metric, question)
    mark = change_meaning(metric, cell, ink)
    label = escape(say(view.lang, f"compare.{against}"))
    number = written(cell, ink, form)
    return f'<span>{label} <span class="ch-delta {mark}">{number}</span></span>'


def change_cell(metric: Metric, question: Question) -> tuple[Cell, str]:
    """The change as readers say it: percent for money and counts, else a difference."""
    row = first_row(question)
    if metric.unit in ("money", "count"):
        return Cell(question, row, "change/before"), "relative"
    return Cell(question, row, "change"), "change"


def change_meaning(metric: Metric, cell: Cell, ink: Ink) -> str:
    """Whether a change is for the better or the worse; nothing where it rounds to 0."""
    if not cell.number or metric.good is None:
        return ""
    if metric.unit not in ("money", "count") and ink.change(cell.number)[0] == "±":
        return ""
    return "good" if (cell.number > 0) == (metric.good == "high") else "bad"


def _foot(view: View, metric: Metric, row: Row, ink: Ink) -> str:
    chip = state_chip(view.lang, metric, row, ink)
    return f'<div class="ch-foot">{chip}{_target(view, metric, row, ink)}</div>'


def _target(view: View, metric: Metric, row: Row, ink: Ink) -> str:
    day = view.as_of or queries.freshness().as_of
    target = queries.target(metric.name, day)
    if target is None or row.get("value") is None:
        return ""
    gap = float(row["value"]) - target
    met = gap >= 0 if metric.good == "high" else gap <= 0
    words = say(
        view.lang,
        "target.met" if met else "target.missed",
        target=ink.value(target),
        gap=ink.change(abs(gap)).lstrip("+±"),
    )
    return f"<span>{escape(words)}</span>"
