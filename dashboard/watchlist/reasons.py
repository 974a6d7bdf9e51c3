"""Why a customer is on the list, in words, each with the facts behind it."""

from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside
from dashboard.question import Question
from dashboard.words import say

FACTS = {
    "by_formula": "share",
    "p_alive": "share",
    "overdue_ratio": "points",
    **dict.fromkeys(
        (
            *("bought", "bought_before", "touched", "touched_before"),
            *("complaints", "expiring", "days_since_last", "horizon_days"),
        ),
        "count",
    ),
}
"""The columns that reasons speak of, and how each is written."""


def why(view: View, question: Question, row: Row) -> str:
    """The reasons as lines; where none stands out, that the money is the reason."""
    facts = {
        name: inside(Cell(question, row, name), Ink(view.lang, unit))
        for name, unit in FACTS.items()
    }
    named = row["reasons"].split() or ["nothing"]
    lines = (say(view.lang, f"why.{name}", **facts) for name in named)
    return "".join(f'<div class="ch-id">{line}</div>' for line in lines)
