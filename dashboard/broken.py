"""What a reader sees when the data cannot be opened."""

from html import escape

import streamlit as st

from dashboard.words import say
from data.errors import DashboardError


def show(lang: str, error: DashboardError) -> None:
    """The title in the reader's language and the message that says what to do."""
    title = say(lang, "error.title")
    with st.container(key="card-error"):
        st.html(
            f'<div class="ch-empty" role="alert"><b>{escape(title)}</b>'
            f"{escape(str(error))}</div>"
        )
