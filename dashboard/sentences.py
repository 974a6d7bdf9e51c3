"""What the page says in sentences: the state in one, each change with its reason."""

from dataclasses import replace
from html import escape

import polars as pl
import streamlit as st

from dashboard import cards, health_parts, limits, queries
from dashboard.answers.compare import BASES
from dashboard.catalogue import Metric, find
from dashboard.filters import View
from dashboard.numbers import Cell, Row, written
from dashboard.question import Question
from dashboard.words import label, label_of, say

CUTS = ("region", "tier", "acquisition_channel")
ORDER = ("bad", "undecided", "good")
TONES = {"bad": "below", "undecided": "undecided", "good": "above", "": ""}


def summary(view: View, metrics: tuple[str, ...]) -> None:
    """One sentence: which headline metrics are off, unclear, well; what grew."""
    judged = {metric: cards.first_row(view.ask(metric)) for metric in metrics}
    parts = [_judged(view, judged, verdict) for verdict in ORDER]
    short = _short(view, judged)
    said = [part for part in (*parts, short) if part]
    worst = next((v for v, part in zip(ORDER, parts, strict=True) if part), "")
    if worst == "good" and short:
        worst = "undecided"  # above the thresholds, yet short of a target
    text = _stop(view).join(said) or escape(say(view.lang, "summary.nothing"))
    base = _base(view, metrics)
    st.html(f'<div class="ch-summary {TONES[worst]}">{base}{text}{_stop(view)}</div>')


def titles(view: View) -> tuple[str, str]:
    """The title and the line below it of the changes."""
    return say(view.lang, "change.title"), say(view.lang, "change.sub")


def changes(view: View, metrics: tuple[str, ...]) -> None:
    """A sentence per metric: how far it moved, and whether by mix or by rate."""
    rows = "".join(_change(view, find(metric)) for metric in metrics)
    nothing = cards.empty(say(view.lang, "change.none"))
    st.html(f'<div class="ch-changes">{rows or nothing}</div>')


def _stop(view: View) -> str:
    return say(view.lang, "list.stop")


def _judged(view: View, rows: dict[str, Row], verdict: str) -> str:
    names = [
        _named(view, metric, row)
        for metric, row in rows.items()
        if row.get("verdict") == verdict and row.get("value") is not None
    ]
    if not names:
        return ""
    listed = say(view.lang, "list.comma").join(names)
    return say(view.lang, f"summary.{verdict}", names=listed)


def _short(view: View, rows: dict[str, Row]) -> str:
    """The metrics that miss their target, by name; their cards say by how much."""
    missed = [
        escape(label(view.lang, find(metric)))
        for metric, row in rows.items()
        if limits.misses_target(find(metric), row)
    ]
    if not missed:
        return ""
    listed = say(view.lang, "list.comma").join(missed)
    return say(view.lang, "summary.short", names=listed)


def _named(view: View, metric: str, row: Row) -> str:
    ink = cards.ink_for(view, metric)
    number = written(Cell(view.ask(metric), row), ink)
    name = escape(label(view.lang, find(metric)))
    limit = written(Cell(view.ask(metric), row, "threshold"), ink)
    moved = _against_last_year(view, find(metric))
    words = {"name": name, "value": number, "limit": limit, "moved": moved}
    return say(view.lang, "summary.named", **words)


def _against_last_year(view: View, metric: Metric) -> str:
    """How far a metric moved in a year, in words; nothing where it is unknown."""
    cell, form = cards.change_cell(metric, view.ask(metric.name, compare="year"))
    if cell.number is None:
        return ""
    moved = written(cell, cards.ink_for(view, metric.name), form)
    return say(view.lang, "summary.moved", change=moved)


def _base(view: View, metrics: tuple[str, ...]) -> str:
    """The size of what is looked at: active customers and their revenue."""
    sized = [m for m in ("active_customers", "revenue") if m in metrics]
    texts = [_sized(view, metric) for metric in sized]
    joined = say(view.lang, "list.comma").join(text for text in texts if text)
    return f"<b>{joined}</b>{_stop(view)}" if joined else ""


def _sized(view: View, metric: str) -> str:
    question = view.ask(metric)
    row = cards.first_row(question)
    if row.get("value") is None:
        return ""
    number = written(Cell(question, row), cards.ink_for(view, metric))
    cell, form = cards.change_cell(find(metric), view.ask(metric, compare="year"))
    moved = written(cell, cards.ink_for(view, metric), form)
    key = f"summary.{metric}" + ("" if cell.number is None else ".year")
    return say(view.lang, key, value=number, change=moved)


def _change(view: View, metric: Metric) -> str:
    question = view.ask(metric.name, compare="previous")
    cell, form = cards.change_cell(metric, question)
    if cell.number is None:
        return ""
    moved = written(cell, cards.ink_for(view, metric.name), form)
    mark = cards.change_meaning(metric, cell, cards.ink_for(view, metric.name))
    text = say(
        view.lang,
        "change.moved",
        name=f"<b>{escape(label(view.lang, metric))}</b>",
        change=f'<span class="ch-delta {mark}">{moved}</span>',
    )
    sign = 1 if cell.number > 0 else -1
    return f'<div class="ch-change">{text}{_why(view, metric, sign)}</div>'


def _why(view: View, metric: Metric, sign: int) -> str:
    """The segment that moved a rate most its way over the cuts, and how much by mix."""
    if metric.name == "health_score":
        return health_parts.why(view, sign)
    if metric.unit in ("money", "count") and metric.window:
        return _why_sum(view, metric, sign)
    if metric.name not in BASES:
        return ""
    found = [_strongest(view, metric, cut, sign) for cut in CUTS]
    known = [each for each in found if each]
    if not known:
        return ""
    question, most = max(known, key=lambda each: sign * float(each[1]["total"]))
    return f'<span class="why">{_split(view, metric, question, most)}</span>'


def _why_sum(view: View, metric: Metric, sign: int) -> str:
    """The segment that a sum grew or shrank by most, over the cuts."""
    found = [_largest(view, metric, cut, sign) for cut in CUTS]
    known = [cell for cell in found if cell]
    if not known:
        return ""
    most = max(known, key=lambda cell: sign * (cell.number or 0.0))
    part = written(most, cards.ink_for(view, metric.name), "change")
    name = escape(label_of(view.lang, most.row["segment"], most.question.by or ""))
    text = say(view.lang, "change.why.sum", name=name, part=part)
    return f'<span class="why">{text}</span>'


def _largest(view: View, metric: Metric, cut: str, sign: int) -> Cell | None:
    """The segment of one cut with the largest change its way; none to choose from."""
    question = view.ask(metric.name, by=cut, compare="previous")
    answer = queries.answer(question)
    moved = (
        answer.drop_nulls("change") if "change" in answer.columns else answer.clear()
    )
    if moved.height < 2:
        return None
    order = moved.sort(sign * pl.col("change"), descending=True)
    return Cell(question, order.row(0, named=True), "change")


def _strongest(
    view: View, metric: Metric, cut: str, sign: int
) -> tuple[Question, Row] | None:
    """The segment of one cut that moved a rate most its way; none to choose from."""
    split = view.ask("rate_change", by=cut, compare="previous", of=metric.name)
    question = replace(split, window=view.window or metric.window)
    effects = queries.answer(question).drop_nulls("total")
    if effects.height < 2:
        return None
    order = effects.sort(sign * pl.col("total"), descending=True)
    return question, order.row(0, named=True)


def _split(view: View, metric: Metric, question: Question, most: Row) -> str:
    ink = cards.ink_for(view, metric.name)
    rate, mix = (
        written(Cell(question, most, column), ink, "change")
        for column in ("rate_effect", "mix_effect")
    )
    name = escape(label_of(view.lang, str(most["segment"]), question.by or ""))
    return say(view.lang, "change.why", name=name, rate=rate, mix=mix)
