"""What detractors wrote, for viewers who may see personal data."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.filters import View
from dashboard.naming import named
from dashboard.numbers import Row
from dashboard.words import say

MOST = 6


def latest(view: View) -> None:
    """The newest comments with scores of 0 to 6."""
    if not queries.viewer().may_see_personal:
        st.html(cards.empty(say(view.lang, "comments.hidden")))
        return
    rows = queries.comments(view.ask("nps"), MOST).to_dicts()
    body = "".join(_comment(view.lang, row) for row in rows)
    st.html(body or cards.empty(say(view.lang, "comments.none")))


def _comment(lang: str, row: Row) -> str:
    on: date = row["answered_on"]
    store = named(lang, str(row["store"]), "store")
    below = f"{formats.day(lang, on)} · {store}"
    return (
        f'<div class="ch-comment"><div class="ch-score">{row["score"]}</div>'
        f"<p>{escape(row['comment'])}</p>"
        f'<div class="ch-sub">{escape(below)}</div></div>'
    )
