"""What the health score is made of, and what changed it: a table and a sentence."""

from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import reason_text, say
from data.health import HEALTH

MEAN = ("mean", "points")
COLUMNS = (("part", "points"), ("n", "count"))
OTHERS = ("new_data", "lost_data", "weights", "stayed", "joined", "left")
FINE = "score"
"""The unit of effects: with two decimals, as a month changes a score but little."""


def shown(view: View) -> None:
    """The factors, what each adds and what it changed; then what else changed."""
    question = view.ask("health_score")
    row = cards.first_row(question)
    if row.get("value") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    effects = _effects(view)
    names = ("factor", "mean", "effect", *(name for name, _ in COLUMNS))
    head = head_row([say(view.lang, f"health.col.{name}") for name in names], words=1)
    body = "".join(_factor(view, row, factor, effects) for factor in HEALTH)
    rest = "".join(_other(view, part, effects) for part in OTHERS)
    st.html(framed(question, head + body + rest))


def why(view: View, sign: int) -> str:
    """The part that moved the score most its way, and the one most against it."""
    effects = _effects(view)
    order = sorted(effects.values(), key=lambda cell: sign * (cell.number or 0.0))
    if not order:
        return ""
    least, most = order[0], order[-1]
    words = {"name": _part(view, most), "effect": _effect(view, most)}
    if sign * (least.number or 0.0) >= 0:
        return f'<span class="why">{say(view.lang, "health.why", **words)}</span>'
    words |= {"other": _part(view, least), "against": _effect(view, least)}
    return f'<span class="why">{say(view.lang, "health.why.against", **words)}</span>'


def _effects(view: View) -> dict[str, Cell]:
    """The parts of the change since the month end before, by name; none if unknown."""
    question: Question = view.ask("health_change", compare="previous")
    rows: list[Row] = queries.answer(question).to_dicts()
    return {
        row["part"]: Cell(question, row, "effect")
        for row in rows
        if row.get("part") is not None and row["effect"] is not None
    }


def _part(view: View, cell: Cell) -> str:
    return escape(say(view.lang, f"health.part.{cell.row['part']}"))


def _effect(view: View, cell: Cell | None) -> str:
    if cell is None:
        return formats.DASH
    return written(cell, Ink(view.lang, FINE), "change")


def _factor(view: View, row: Row, factor: str, effects: dict[str, Cell]) -> str:
    question = view.ask("health_score")
    mean, *rest = (
        written(Cell(question, row, f"{factor}_{name}"), Ink(view.lang, unit))
        for name, unit in (MEAN, *COLUMNS)
    )
    numbers = (mean, _effect(view, effects.get(factor)), *rest)
    cells = "".join(f'<td class="num">{number}</td>' for number in numbers)
    name = escape(say(view.lang, f"people.col.{factor}"))
    return f"<tr><td>{name}</td>{cells}</tr>"


def _other(view: View, part: str, effects: dict[str, Cell]) -> str:
    """A part that no factor stands for; nothing where it changed nothing."""
    cell = effects.get(part)
    if cell is None or not cell.number:
        return ""
    blank = "<td></td>" * len(COLUMNS)
    number = f'<td class="num">{_effect(view, cell)}</td>'
    return f"<tr><td>{_part(view, cell)}</td><td></td>{number}{blank}</tr>"
