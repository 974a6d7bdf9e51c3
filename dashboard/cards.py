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

from dashboard import queries
from dashboard.catalogue import Metric, find
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import SMALL, TEXTS, explanation, say

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


def state_chip(question: Question, row: Row, ink: Ink) -> str:
    """The state against the threshold: an icon and words, colour beside."""
    status, meaning = row.get("state"), row.get("verdict") or ""
    if status not in ICONS or row.get("value") is None:
        return ""
    limit = written(Cell(question, row, "threshold"), ink)
    words = say(ink.lang, f"state.{status}", limit=limit)
    return f'<span class="ch-state {meaning}">{ICONS[status]} {words}</span>'


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
    if metric.name == "clv":
        days = queries.reader().settings.clv.horizon_days
        return say(view.lang, "window.clv", days=days)
    window = (view.window or metric.window) if metric.window else None
    return say(view.lang, f"window.{window}") if window else ""


def titles(view: View, name: str) -> tuple[str, str]:
    """The title of a card and the line below it."""
    return say(view.lang, f"{name}.title"), say(view.lang, f"{name}.sub")


def heads(view: View, name: str, metric: str) -> tuple[str, str]:
    """The title of a card and the line below it, which says the window it is for."""
    title, below = (say(view.lang, f"{name}.{part}") for part in ("title", "sub"))
    window = window_words(view, find(metric))
    return title, f"{below} · {window}" if window else below


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
