"""Whom to greet: birthdays that come, and good customers who heard nothing lately."""

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import cards, filters, formats, lists, queries
from dashboard.filters import View
from dashboard.lists import People
from dashboard.naming import namer
from dashboard.words import reason_text, say

SHOWN = (
    *("customer_id", "birthday_on", "days_left", "last_care_on"),
    *("tier", "owner", "store", "region"),
)
NAMED = ("tier", "owner", "store", "region")


def greetings(view: View) -> None:
    """The list that the reader picked: how many, the first of them, files of all."""
    labels = [say(view.lang, f"care_show.{name}") for name in filters.CARE]
    show = filters.pick(view, "care_show", filters.CARE, labels)
    question = view.ask("care_list", show=show)
    count, first = queries.first_people(question, None)
    if "last_care_on" not in first.columns:
        why = reason_text(view.lang, first["reason"][0])
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    name = say(view.lang, f"care_show.{show}")
    told = say(view.lang, "care.count", name=name, n=formats.count(view.lang, count))
    if count > first.height:
        told += say(view.lang, "care.first", n=first.height)
    st.caption(told)
    if count:
        _table(view, show, first)
        lists.files(view, People(question), count)


def _table(view: View, show: str, first: pl.DataFrame) -> None:
    names = SHOWN if show == "birthday" else (SHOWN[0], *SHOWN[3:])
    with st.container(key="peopletable-care"):
        st.dataframe(
            _worded(view.lang, first).select(names),
            hide_index=True,
            placeholder=formats.DASH,
            width="stretch",
            height=min(360, 38 + 35 * first.height),
            column_config=_columns(view.lang),
        )


def _worded(lang: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col(name).replace_strict(
            {value: namer(lang, name)(value) for value in rows[name].unique()},
            return_dtype=pl.String,
        )
        for name in NAMED
    )


def _columns(lang: str) -> dict[str, ColumnConfig]:
    found: dict[str, ColumnConfig] = {}
    for name in SHOWN:
        title = say(lang, f"care.col.{name}")
        if name == "birthday_on":
            found[name] = st.column_config.DateColumn(title, format="MM-DD")
        elif name == "last_care_on":
            found[name] = st.column_config.DateColumn(title, format="YYYY-MM-DD")
        else:
            found[name] = st.column_config.Column(title)
    return found
