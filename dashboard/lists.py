"""The list behind a count: a link, the customers in a dialog, and their files."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import exports, formats, queries
from dashboard.answers.people import command, parts
from dashboard.exports import Stamp
from dashboard.fates import download
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.question import ATTRIBUTES, Question
from dashboard.words import say
from data.health import HEALTH, LOYALTY

SCORES = ("health_score", "loyalty_index")
"""Metrics with a score per customer: the list has everyone, the lowest first."""

DAYS = ("first_day", "last_day")
TIERS = ("tier_from", "tier_to")
MONEY = (
    *("revenue", "margin", "annual_revenue", "revenue_from", "revenue_to"),
    *("expected_spend", "historic", "forecast", "cost", "cost_ahead", "clv"),
    *("value_if_kept", "value_at_risk"),
)
LINK = "customer_360?customer="
"""The address of a customer's page, beside those of the other pages."""

EACH = (*SCORES, "negative_clv", "churn_probability")
"""Metrics that list their customers themselves."""

FIRST = dict.fromkeys(SCORES, "people.first.lowest") | {
    "negative_clv": "people.first.negative",
    "churn_probability": "people.first.at_risk",
    "member_accounts": "people.first.points",
}
"""The words for the customers that are shown, where they are not the largest."""

POINTS = ("health", *HEALTH, *LOYALTY)


@dataclass(frozen=True)
class People:
    """Customers to list: those of a part of a metric, or, without, of its answer."""

    question: Question
    part: str | None = None

    @property
    def name(self) -> str:
        """What files and elements of the list are called."""
        whole = "cell" if "from-tier" in dict(self.question.options) else "list"
        return f"{self.question.metric}_{self.part or whole}"

    @property
    def command(self) -> str:
        """What prints the list."""
        if self.part is None:
            arguments = shlex.join(self.question.arguments())
            return f"customer-health metric {arguments}"
        return command(self.question, self.part)

    def title(self, lang: str) -> str:
        """What the reader calls them."""
        return say(lang, f"people.{self.part or self.question.metric}")


def of(view: View, metric: str) -> tuple[People, ...]:
    """The lists behind a metric's number: one for each of its counts of customers."""
    if metric in EACH:
        return (People(view.ask(metric, **{"per-customer": "true"})),)
    question = view.ask(metric)
    return tuple(People(question, part) for part in parts(metric))


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
        titles = {each.title(view.lang): each for each in offered}
        chosen = next(iter(titles))
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
    count, first = queries.first_people(people.question, people.part)
    number, name = formats.count(view.lang, count), people.title(view.lang)
    told = say(view.lang, "people.count", name=name, n=number)
    if count > first.height:
        told += say(view.lang, _first(people), n=first.height)
    st.caption(told)
    with st.container(key=f"peopletable-{people.name}"):
        st.dataframe(
            linked(worded(view.lang, first)),
            hide_index=True,
            width="stretch",
            column_config=_columns(view.lang, first.columns),
        )
    files(view, people)
    st.code(people.command, language=None, wrap_lines=True)


def first_rows(
    view: View, name: str, rows: pl.DataFrame, columns: dict[str, ColumnConfig]
) -> None:
    """The first rows of a list as a table in which nothing can be taken out."""
    with st.container(key=f"peopletable-{name}"):
        st.dataframe(
            rows,
            hide_index=True,
            placeholder=formats.DASH,
            width="stretch",
            height=min(430, 38 + 35 * rows.height),
            column_config=columns,
        )


def _first(people: People) -> str:
    """The words that say which customers are shown."""
    return FIRST.get(people.question.metric, "people.first")


def worded(lang: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with names for codes: stores, tiers, channels."""
    return rows.with_columns(
        pl.col(name).replace_strict(
            {v: _named(lang, name, v) for v in rows[name].unique().to_list()},
            return_dtype=pl.String,
        )
        for name in (*ATTRIBUTES, *TIERS, "move")
        if name in rows.columns and rows.height
    ).with_columns(
        pl.col(name).cast(pl.Float64).round(2) for name in MONEY if name in rows.columns
    )


def linked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the address of a customer's page in the place of its id."""
    if "customer_id" not in rows.columns:
        return rows
    addresses = [LINK + quote(each, safe="") for each in rows["customer_id"]]
    return rows.with_columns(pl.Series("customer_id", addresses, pl.String))


def _named(lang: str, column: str, value: str) -> str:
    """What a code of a column is called."""
    if column == "move":
        return say(lang, f"moves.{value}")
    return namer(lang, "tier" if column in TIERS else column)(value)


def _columns(lang: str, names: list[str]) -> dict[str, ColumnConfig]:
    """Headings in the reader's language, and money with two decimals."""
    found: dict[str, ColumnConfig] = {}
    for name in names:
        label = say(lang, f"people.col.{name}")
        if name == "customer_id":
            found[name] = st.column_config.LinkColumn(
                label, display_text=f"{re.escape(LINK)}(.*)", pinned=True
            )
        elif name in MONEY:
            found[name] = st.column_config.NumberColumn(label, format="%.2f")
        elif name in POINTS:
            found[name] = st.column_config.NumberColumn(label, format="%.1f")
        elif name in DAYS:
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD")
        else:
            found[name] = st.column_config.Column(label)
    return found


def files(view: View, people: People, count: int | None = None) -> None:
    """Buttons for a list as CSV and as Excel, where the viewer may export.

    `count` is how many rows it has, where that is known without asking for them.
    """
    if not queries.viewer().rights.export:
        st.caption(say(view.lang, "people.no_export"))
        return
    if count is None:
        count, _ = queries.first_people(people.question, people.part)
    with st.container(horizontal=True, gap="small", key=f"files-{people.name}"):
        _file(view, people, "csv", exports.as_csv)
        if count <= exports.MOST_EXCEL:
            _file(view, people, "xlsx", exports.as_excel)
        else:
            most = formats.count(view.lang, exports.MOST_EXCEL)
            st.caption(say(view.lang, "people.excel_limit", n=most))


def _file(
    view: View,
    people: People,
    ending: str,
    make: Callable[[pl.DataFrame, Stamp], bytes],
) -> None:
    manifest, viewer = queries.reader().snapshot.manifest, queries.viewer()
    rows = queries.people(people.question, people.part)

    def made() -> bytes:
        asked = people.question.as_of
        stamp = exports.stamped(manifest, viewer, asked, people.command)
        return make(rows(), stamp)

    label = say(view.lang, f"people.{ending}")
    download(label, f"{people.name}.{ending}", made, f"{people.name}_{ending}")
