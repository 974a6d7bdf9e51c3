"""What a reader sees when the data cannot be opened."""

import re
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
            f"{_with_commands(str(error))}</div>"
        )


def _with_commands(message: str) -> str:
    """What stands between backticks is a command."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(message))
