"""The five dimensions of quality: over all tables, and table by table."""

from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.trust import BEHIND, BY_TABLE, LOW, QUALITY
from dashboard.words import reason_text, say
from data.quality import DIMENSIONS

FINE = 0.99
GRADED = ("total", *DIMENSIONS)
ROWS_BY_TABLE = Question("row_counts", by="table")


def tiles(view: View) -> None:
    """The mean of the dimensions, and each of them with how many units fail."""
    found = queries.answer(QUALITY).to_dicts()
    shown = "".join(_tile(view, row) for row in found)
    st.html(f'<div class="ch-tiles" {stated(QUALITY)}>{shown}</div>')


def by_table(view: View) -> None:
    """One row per table: rows, newest day, and the share that passes each dimension."""
    found: dict[str, dict[str, Row]] = {}
    for row in queries.answer(BY_TABLE).to_dicts():
        found.setdefault(row["segment"], {})[row["dimension"]] = row
    if not found:
        st.html(cards.empty(say(view.lang, "empty.title")))
        return
    facts = {q: _by_segment(q) for q in (ROWS_BY_TABLE, BEHIND)}
    body = "".join(_row(view.lang, t, rows, facts) for t, rows in found.items())
    st.html(
        f'<div class="ch-scroll ch-tall"><table class="ch-table ch-heat">'
        f"{_head(view.lang)}<tbody>{body}</tbody></table></div>"
    )


def level(value: float | None) -> str:
    """How a share is coloured; the number stands beside the colour."""
    if value is None:
        return "none"
    return "good" if value >= FINE else "watch" if value >= LOW else "bad"


def _tile(view: View, row: Row) -> str:
    lang, name = view.lang, row["dimension"]
    mark = cards.definition_mark(view, "data_quality") if name == "total" else ""
    value = inside(Cell(QUALITY, row), Ink(lang, "precise"))
    width = 100 * float(row["value"] or 0.0)
    what = escape(say(lang, f"quality.{name}.what"))
    return (
        f'<div class="ch-tile {level(row["value"])}"><div class="ch-kpi-head">'
        f"<b>{escape(say(lang, f'quality.{name}'))}</b>{mark}</div>"
        f'<div class="ch-value">{value}</div>'
        f'<div class="track"><i style="width:{width:.1f}%"></i></div>'
        f'<div class="ch-interval">{what}<br>{_failed(lang, row)}</div></div>'
    )


def _failed(lang: str, row: Row) -> str:
    if row["value"] is None:
        return escape(reason_text(lang, row["reason"]))
    if not row["failed"]:
        return escape(say(lang, "quality.none_failed"))
    failed = inside(Cell(QUALITY, row, "failed"), Ink(lang, "count"))
    return say(lang, "quality.failed", failed=failed)


def _by_segment(question: Question) -> dict[str, Row]:
    return {row["segment"]: row for row in queries.answer(question).to_dicts()}


def _head(lang: str) -> str:
    heads = [say(lang, "strip.table")]
    heads += [say(lang, f"quality.{name}") for name in GRADED]
    heads += [say(lang, f"strip.{name}") for name in ("rows", "newest", "behind")]
    first, *others = map(escape, heads)
    cells = "".join(f'<th class="num">{each}</th>' for each in others)
    return f"<thead><tr><th>{first}</th>{cells}</tr></thead>"


def _row(
    lang: str, table: str, rows: dict[str, Row], facts: dict[Question, dict[str, Row]]
) -> str:
    cells = "".join(_cell(lang, rows[name]) for name in GRADED)
    counts = facts[ROWS_BY_TABLE].get(table, {"held": None})
    held = written(Cell(ROWS_BY_TABLE, counts, "held"), Ink(lang, "count"))
    title = escape(say(lang, f"table.{table}"), quote=True)
    return (
        f'<tr><td class="name" title="{title}">{escape(table)}</td>'
        f'{cells}<td class="num">{held}</td>'
        f"{_freshness(lang, facts[BEHIND].get(table))}</tr>"
    )


def _freshness(lang: str, row: Row | None) -> str:
    if row is None or row["value"] is None:
        dash = f'<td class="num faint">{formats.DASH}</td>'
        return dash + dash
    days = written(Cell(BEHIND, row), Ink(lang, "days"))
    behind = say(lang, "strip.behind.days", days=days)
    faint = "" if row["value"] else " faint"
    newest = f'<span class="ch-id">{formats.short_day(lang, row["newest"])}</span>'
    return f'<td class="num">{newest}</td><td class="num{faint}">{behind}</td>'


def _cell(lang: str, row: Row) -> str:
    if row["value"] is None:
        why = say(lang, "strip.untested", reason=reason_text(lang, row["reason"]))
        return f'<td class="num faint" title="{escape(why)}">{formats.DASH}</td>'
    number = written(Cell(BY_TABLE, row), Ink(lang, "precise"))
    failed = say(lang, "quality.failed", failed=formats.count(lang, row["failed"]))
    return (
        f'<td class="num"><span class="ch-grade {level(row["value"])}"'
        f' title="{escape(failed)}">{number}</span></td>'
    )
