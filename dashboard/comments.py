"""The words of detractors on a page."""

from datetime import date
from html import escape

import streamlit as st

from dashboard import cards, comment_desk, formats, queries, voices
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
    if not found:
        st.html(cards.empty(say(view.lang, "comments.none")))
        return
    followed = comment_desk.answered(view, found)
    for comment in found:
        row = followed.get(str(comment["response_id"]))
        st.html(_comment(view.lang, comment, comment_desk.state(view.lang, row)))
        comment_desk.forms(view, comment, row)


def _comment(lang: str, comment: voices.Comment, state: str) -> str:
    on = comment["answered_on"]
    day = formats.day(lang, on) if isinstance(on, date) else ""
    store = named(lang, str(comment["store"]), "store")
    who = str(comment["customer_id"])
    return (
        f'<div class="ch-comment"><div class="ch-score">{comment["score"]}</div>'
        f"<p>{escape(str(comment['comment']))}</p>"
        f'<div class="ch-sub">{escape(f"{day} · {store} · {who}")} {state}</div></div>'
    )
