"""What the values of the data are called on a page."""

import streamlit as st

from dashboard import queries
from dashboard.words import label_of

STORES = ("store", "order_store", "survey_store")


def named(lang: str, value: str, attribute: str) -> str:
    """A store by its name, a known code in the reader's language, else as it is."""
    if attribute in STORES:
        found = _stores(queries.freshness().snapshot).get(value)
        if found:
            return found
    return label_of(lang, value, attribute)


@st.cache_resource(max_entries=3, show_spinner=False)
def _stores(snapshot: str) -> dict[str, str]:
    return queries.store_names()
