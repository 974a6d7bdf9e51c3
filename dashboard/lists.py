"""The list behind a count: a link, the customers in a dialog, and their files."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import exports, formats, queries
from dashboard.answers.people import parts
from dashboard.exports import Stamp
from dashboard.fates import download
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.question import ATTRIBUTES, Question
from dashboard.words import say

SHOWN = 200
DAYS = ("first_day", "last_day")
MONEY = ("revenue", "margin", "annual_revenue")


@dataclass(frozen=True)
class People:
    """Customers to list: what they are called, who they are, the command for them."""

    name: str
    title: str
    rows: Callable[[], pl.DataFrame]
    command: str


def of(view: View, metric: str) -> tuple[People, ...]:
    """The lists behind a metric's number: one for each of its counts of customers."""
    question = view.ask(metric)
    return tuple(behind(view, question, part) for part in parts(metric))


def behind(view: View, question: Question, part: str) -> People:
    """The customers of one count of a metric."""
    command = ("customers", *question.arguments(), f"--part={part}")
    return People(
        f"{question.metric}_{part}",
        say(view.lang, f"people.{part}"),
        lambda: queries.people(question, part),
        f"customer-health {shlex.join(command)}",
    )


def link(view: View, offered: tuple[People, ...], key: str) -> None:
    """A link that opens the lists behind a number."""
    label = say(view.lang, "people.link")
    with st.container(key=f"peoplelink-{key}"):
        clicked = st.button(label, key=f"people_{key}_{view.lang}", type="tertiary")
    if clicked:
        dialog(view, offered)


def dialog(view: View, offered: tuple[People, ...]) -> None:
    """The customers in a dialog; a choice where a number has several lists."""

    @st.dialog(say(view.lang, "people.title"), width="large")
    def opened() -> None:
        titles = {each.title: each for each in offered}
        chosen = offered[0].title
        if len(offered) > 1:
            chosen = st.segmented_control(
                say(view.lang, "people.title"),
                list(titles),
                default=chosen,
                required=True,
                key=f"people_part_{offered[0].name}_{view.lang}",
                label_visibility="collapsed",
            )
        listed(view, titles[chosen])

    opened()


def listed(view: View, people: People) -> None:
    """How many there are, the first of them, files of all, and the command."""
    rows = people.rows()
    number = formats.count(view.lang, rows.height)
    told = say(view.lang, "people.count", name=people.title, n=number)
    if rows.height > SHOWN:
        told += say(view.lang, "people.first", n=SHOWN)
    st.caption(told)
    with st.container(key=f"peopletable-{people.name}"):
        st.dataframe(
            worded(view.lang, rows.head(SHOWN)),
            hide_index=True,
            width="stretch",
            column_config=_columns(view.lang, rows.columns),
        )
    files(view, people, rows)
    st.code(people.command, language=None, wrap_lines=True)


def worded(lang: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with names for codes: stores, tiers, channels."""
    return rows.with_columns(
        pl.col(name).replace_strict(
            {v: namer(lang, name)(v) for v in rows[name].unique().to_list()},
            return_dtype=pl.String,
        )
        for name in ATTRIBUTES
        if name in rows.columns and rows.height
    ).with_columns(
        pl.col(name).cast(pl.Float64).round(2) for name in MONEY if name in rows.columns
    )


def _columns(lang: str, names: list[str]) -> dict[str, ColumnConfig]:
    """Headings in the reader's language, and money with two decimals."""
    found: dict[str, ColumnConfig] = {}
    for name in names:
        label = say(lang, f"people.col.{name}")
        if name in MONEY:
            found[name] = st.column_config.NumberColumn(label, format="%.2f")
        elif name in DAYS:
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD")
        else:
            found[name] = st.column_config.Column(label)
    return found


def answer_files(view: View, question: Question) -> None:
    """All rows of an answer that lists customers, as files."""
    rows = queries.answer(question)
    command = f"customer-health metric {shlex.join(question.arguments())}"
    files(view, People(question.metric, question.metric, lambda: rows, command), rows)


def files(view: View, people: People, rows: pl.DataFrame) -> None:
    """Buttons for a list as CSV and as Excel, where the viewer may export."""
    if not queries.viewer().rights.export:
        st.caption(say(view.lang, "people.no_export"))
        return
    with st.container(horizontal=True, gap="small", key=f"files-{people.name}"):
        _file(view, people, "csv", lambda: exports.as_csv(rows, _stamp(people)))
        if rows.height <= exports.MOST_EXCEL:
            _file(view, people, "xlsx", lambda: exports.as_excel(rows, _stamp(people)))
        else:
            most = formats.count(view.lang, exports.MOST_EXCEL)
            st.caption(say(view.lang, "people.excel_limit", n=most))


def _file(view: View, people: People, ending: str, make: Callable[[], bytes]) -> None:
    label = say(view.lang, f"people.{ending}")
    download(label, f"{people.name}.{ending}", make, f"{people.name}_{ending}")


def _stamp(people: People) -> Stamp:
    fresh = queries.freshness()
    return Stamp(
        viewer=queries.viewer().name,
        at=datetime.now(UTC).astimezone(ZoneInfo(fresh.timezone)),
        snapshot=fresh.snapshot,
        as_of=fresh.as_of.isoformat(),
        question=people.command,
    )
