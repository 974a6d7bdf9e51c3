"""What is past a promise now: how many tickets, and which."""

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import filters, formats, lists, queries
from dashboard.campaign_numbers import rows_of
from dashboard.filters import View
from dashboard.lists import People
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import label_of, say

FIRST = "200"
HOURS = ("age_hours", "waiting_hours", "over_hours")
ORDER = (
    *("ticket_id", "over_hours", "breach", "waits_for", "waiting_hours", "customer_id"),
    *("kind", "type", "cause", "team", "agent", "channel", "opened_on", "age_hours"),
    *("store", "region", "tier"),
)
OWN = ("type", "cause", "team", "agent")
CODED = ("kind", "channel", "store", "region", "tier")


def titles(view: View) -> tuple[str, str]:
    """The title of the card, and what is promised."""
    desk = queries.reader().settings.service
    told = {
        name: say(view.lang, "list.comma").join(
            say(
                view.lang,
                "now.hours",
                kind=label_of(view.lang, kind, "kind"),
                hours=f"{hours:g}",
            )
            for kind, hours in each.hours.items()
        )
        for name, each in (
            ("response", desk.response_hours),
            ("resolve", desk.resolve_hours),
        )
    }
    clock = say(view.lang, f"now.clock.{desk.clock}")
    return say(view.lang, "now.title"), say(view.lang, "now.sub", clock=clock, **told)


def now(view: View) -> None:
    """How many tickets are past a promise, by which, and the list of them."""
    question = view.ask("open_tickets")
    rows = rows_of(view, question)
    if not rows:
        return
    st.html(_summary(view, question, rows[0]))
    labels = [say(view.lang, f"tickets_show.{name}") for name in filters.TICKETS]
    show = filters.pick(view, "tickets_show", filters.TICKETS, labels)
    _listed(view, show, rows[0]["value" if show == "open" else show])


def _summary(view: View, question: Question, row: Row) -> str:
    ink = Ink(view.lang, "count")
    names = ("breached", "fresh", "response", "resolution", "step")
    told = {name: written(Cell(question, row, name), ink) for name in names}
    total = written(Cell(question, row), ink)
    if not row["breached"]:
        words = say(view.lang, "now.none", open=total)
        return f'<div class="ch-summary above">{words}</div>'
    words = say(view.lang, "now.some", open=total, **told)
    split = say(view.lang, "now.split", **told)
    return (
        f'<div class="ch-summary below">{words}<div class="ch-sub">{split}</div></div>'
    )


def _listed(view: View, show: str, count: int) -> None:
    first = queries.answer(view.ask("ticket_list", show=show, top=FIRST))
    name = say(view.lang, f"tickets_show.{show}")
    told = say(view.lang, "tickets.count", name=name, n=formats.count(view.lang, count))
    if count > first.height:
        told += say(view.lang, "tickets.first", n=first.height)
    st.caption(told)
    if not count:
        return
    worded = _worded(view.lang, first)
    lists.first_rows(view, "tickets", worded, _columns(view.lang))
    lists.files(view, People(view.ask("ticket_list", show=show)), count)


def _worded(lang: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with names for codes, what is most pressing first."""
    named = [
        pl.col(name).replace_strict(
            {v: namer(lang, name)(v) for v in rows[name].unique()},
            return_dtype=pl.String,
        )
        for name in CODED
    ]
    waits = {v: say(lang, f"waits.{v}") for v in rows["waits_for"].unique()}
    breaches = {
        v: say(lang, "list.comma").join(
            say(lang, f"breach.{part}") for part in v.split("+")
        )
        for v in rows["breach"].drop_nulls().unique()
    }
    return rows.with_columns(
        *named,
        pl.col("waits_for").replace_strict(waits, return_dtype=pl.String),
        pl.col("breach").replace_strict(breaches, default=None, return_dtype=pl.String),
        pl.col(HOURS).round(1),
        *(pl.col(n).replace("unknown", namer(lang, n)("unknown")) for n in OWN),
    ).select(ORDER)


def _columns(lang: str) -> dict[str, ColumnConfig]:
    found: dict[str, ColumnConfig] = {}
    for name in ORDER:
        title = say(lang, f"tickets.col.{name}")
        if name in HOURS:
            found[name] = st.column_config.NumberColumn(title, format="%.1f")
        elif name == "opened_on":
            found[name] = st.column_config.DateColumn(title, format="YYYY-MM-DD")
        else:
            found[name] = st.column_config.Column(title)
    return found
