"""What the health score is made of: its factors in a table."""

from html import escape

import streamlit as st

from dashboard import cards
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import reason_text, say
from data.health import HEALTH

COLUMNS = (("mean", "points"), ("n", "count"), ("part", "points"))


def shown(view: View) -> None:
    """The factors: their means, how many customers have them, what they add."""
    question = view.ask("health_score")
    row = cards.first_row(question)
    if row.get("value") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    names = ("factor", *(name for name, _ in COLUMNS))
    head = head_row([say(view.lang, f"health.col.{name}") for name in names], words=1)
    body = "".join(_factor(view, question, row, factor) for factor in HEALTH)
    st.html(framed(question, head + body))


def _factor(view: View, question: Question, row: Row, factor: str) -> str:
    numbers = [
        inside(Cell(question, row, f"{factor}_{name}"), Ink(view.lang, unit))
        for name, unit in COLUMNS
    ]
    cells = "".join(f'<td class="num">{number}</td>' for number in numbers)
    name = escape(say(view.lang, f"people.col.{factor}"))
    return f"<tr><td>{name}</td>{cells}</tr>"
