"""The words of detractors on a page."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, formats, queries, voices
from dashboard.filters import View
from dashboard.naming import named
from dashboard.words import say

MOST = 5


def latest(view: View) -> None:
    """The newest comments with scores of 0 to 6."""
    if not queries.viewer().may_see_personal:
        st.html(cards.empty(say(view.lang, "comments.hidden")))
        return
    found = voices.detractors(view.ask("nps"), MOST)
    body = "".join(_comment(view.lang, comment) for comment in found)
    st.html(body or cards.empty(say(view.lang, "comments.none")))


def _comment(lang: str, comment: voices.Comment) -> str:
    on = comment["answered_on"]
    day = formats.day(lang, on) if isinstance(on, date) else ""
    store = named(lang, str(comment["store"]), "store")
    return (
        f'<div class="ch-comment"><div class="ch-score">{comment["score"]}</div>'
        f"<p>{escape(str(comment['comment']))}</p>"
        f'<div class="ch-sub">{escape(f"{day} · {store}")}</div></div>'
    )
