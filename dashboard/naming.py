"""What the values of the data are called on a page."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import queries
from dashboard.words import label_of

STORES = ("store", "order_store", "survey_store")


def namer(lang: str, attribute: str) -> Callable[[str], str]:
    """How an attribute's values are called: stores by name, known codes in words."""
    stores: Mapping[str, str] = {}
    if attribute in STORES:
        stores = _stores(queries.freshness().snapshot)
    return lambda value: stores.get(value) or label_of(lang, value, attribute)


def named(lang: str, value: str, attribute: str) -> str:
    """What one value is called."""
    return namer(lang, attribute)(value)


@st.cache_resource(max_entries=3, show_spinner=False)
def _stores(snapshot: str) -> dict[str, str]:
    return queries.store_names()
