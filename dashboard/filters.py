"""The filters on every page: as-of date, window, and who is looked at."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard import formats, queries, reach, state
from dashboard.catalogue import METRICS, find
from dashboard.naming import namer
from dashboard.question import ATTRIBUTES, Condition, Question
from dashboard.words import LANGUAGES, say
from data.quality import DIMENSIONS
from metrics.quality import TOTAL

WINDOWS = ("30", "90", "180", "365", "all")
# What a page's own pickers may hold; each page shows those that it has.
TRENDS = tuple(metric.name for metric in METRICS)
CUTS = tuple(dict.fromkeys(cut for metric in METRICS for cut in metric.cuts))
RANKS, TOPS = ("value_at_risk", "saved_margin"), ("20", "100", "200")
STAGES = ("assigned", "reached", "opened", "clicked", "redeemed", "bought")
TICKETS = ("breached", "fresh", "response", "resolution", "step", "open")
DUTIES = ("overdue", "coming")
CARE = ("birthday", "greeting")
PARETO = ("type", "cause")
EVENTS = (
    "all", "order", "contact", "ticket", "answer", "campaign", "points", "interaction",
)  # fmt: skip
IS, IS_NOT = "is", "not"
MARKDOWN = re.compile(r"[\\`*_\[\]<>$~]|:(?! )")  # labels are; names of stores are not


@dataclass(frozen=True)
class View:
    """The reader's language and the part of the customers in view."""

    lang: str
    as_of: date | None = None
    window: str | None = None
    where: tuple[Condition, ...] = ()

    def ask(self, metric: str, by: str | None = None, **options: str) -> Question:
        """A question about a metric for this view."""
        given = tuple(sorted(options.items()))
        window = self.window if find(metric).window else None
        return Question(metric, self.as_of, window, self.where, by, given)

    @property
    def key(self) -> str:
        """What cached figures depend on beside their question."""
        return f"{queries.freshness().snapshot} {queries.viewer()} {self.lang}"


def language(default: str) -> state.Field:
    """The language, held in the address where it is not the reader's default."""
    return state.one("lang", LANGUAGES, default)


def fields(default_language: str) -> list[state.Field]:
    """Every choice that the address holds."""
    days = tuple(day.isoformat() for day in queries.as_of_dates())
    pairs = [
        field
        for name in ATTRIBUTES
        for field in (
            state.several(name, queries.choices(name)),
            state.one(f"{name}_mode", (IS, IS_NOT), IS),
        )
    ]
    return [
        language(default_language),
        state.one("as_of", days[1:], ""),
        state.one("window", WINDOWS, ""),
        state.one("trend", TRENDS, ""),
        state.one("cut", CUTS, ""),
        state.one("dimension", (TOTAL, *DIMENSIONS), ""),
        state.one("scheme", queries.schemes(), ""),
        state.one("other", queries.schemes(), ""),
        state.one("from", days, ""),
        state.one("measure", ("customers", "revenue_to", "revenue_from"), ""),
        state.one("move", ("up", "down", "new", "gone"), ""),
        state.one("cohort_show", ("customers", "orders", "revenue", "margin"), ""),
        state.one("cohort_form", ("shares", "counts"), ""),
        state.one("cohort_span", ("in-month", "by-month"), ""),
        state.one("campaign", queries.campaign_names(), ""),
        state.one("stage", STAGES, ""),
        state.one("rank", RANKS, ""),
        state.one("top", TOPS, ""),
        state.one("owner", reach.owners(), ""),
        state.one("duties_show", DUTIES, ""),
        state.one("care_show", CARE, ""),
        state.one("visit_owner", reach.visit_owners(), ""),
        state.one("tickets_show", TICKETS, ""),
        state.one("pareto_by", PARETO, ""),
        state.one("service_trend", TRENDS, ""),
        state.text("customer"),
        state.one("curve_cut", ("all", *CUTS), ""),
        state.one("event", EVENTS, ""),
        *pairs,
    ]


def current() -> View:
    """The view that the reader has chosen."""
    as_of = str(state.chosen("as_of"))
    return View(
        lang=str(state.chosen("lang", "zh")),
        as_of=date.fromisoformat(as_of) if as_of else None,
        window=str(state.chosen("window")) or None,
        where=tuple(filter(None, map(_condition, ATTRIBUTES))),
    )


def bar() -> None:
    """One line: as-of, window, the filters in force as chips, and clear all."""
    view = current()
    with st.container(horizontal=True, key="filter-bar", vertical_alignment="center"):
        _as_of(view.lang)
        _window(view.lang)
        _attributes(view)
        for condition in view.where:
            _chip(view.lang, condition)
        if view.as_of or view.window or view.where:
            st.button(
                say(view.lang, "filter.clear"),
                key=f"clear_all_{view.lang}",
                type="tertiary",
                on_click=clear,
            )


def clear(*names: str) -> None:
    """Take these choices back to their defaults; without names, every filter."""
    for name in names or ("as_of", "window", *ATTRIBUTES):
        state.choose(name, () if name in ATTRIBUTES else "")
        if name in ATTRIBUTES:
            state.choose(f"{name}_mode", IS)


def describe(lang: str, condition: Condition) -> str:
    """A condition in words: Region: East, North."""
    values = list(map(namer(lang, condition.attribute), condition.values))
    key = "filter.is_not" if condition.negate else "filter.is"
    shown = say(lang, "list.comma").join(values[:2])
    if len(values) > 2:
        shown += say(lang, "filter.more", n=len(values) - 2)
    return say(lang, key, name=say(lang, f"by.{condition.attribute}"), values=shown)


def _condition(attribute: str) -> Condition | None:
    values = state.chosen(attribute, ())
    negate = state.chosen(f"{attribute}_mode", IS) == IS_NOT
    return Condition(attribute, tuple(values), negate) if values else None


def _as_of(lang: str) -> None:
    days = queries.as_of_dates()
    chosen = str(state.chosen("as_of"))
    shown = date.fromisoformat(chosen) if chosen else days[0]
    label = say(lang, "filter.as_of", day=formats.day(lang, shown))
    with st.popover(label, icon=":material/calendar_today:", key="pop_as_of"):
        state.widget(
            st.selectbox,
            say(lang, "filter.as_of.label"),
            "as_of",
            options=["", *(day.isoformat() for day in days[1:])],
            format_func=lambda code: _day_label(lang, code),
        )
        st.caption(say(lang, "filter.as_of.help"))


def _day_label(lang: str, code: str) -> str:
    if code:
        return formats.day(lang, date.fromisoformat(code))
    newest = formats.day(lang, queries.as_of_dates()[0])
    return say(lang, "filter.as_of.newest", day=newest)


def _window(lang: str) -> None:
    window = str(state.chosen("window"))
    label = say(lang, "filter.window", window=say(lang, f"window.{window}"))
    with st.popover(label, icon=":material/date_range:", key="pop_window"):
        state.widget(
            st.radio,
            say(lang, "filter.window.label"),
            "window",
            options=["", *WINDOWS],
            format_func=lambda code: say(lang, f"window.{code}"),
        )
        st.caption(say(lang, "filter.window.help"))


def _attributes(view: View) -> None:
    count = f" · {len(view.where)}" if view.where else ""
    label = say(view.lang, "filter.who") + count
    with st.popover(
        label, icon=":material/filter_alt:", key="pop_who", width="content"
    ):
        for attribute in ATTRIBUTES:
            _attribute(view.lang, attribute)


def _attribute(lang: str, attribute: str) -> None:
    options: dict[str, Any] = {"label_visibility": "collapsed"}
    name = say(lang, f"by.{attribute}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="ch-field">{name}</div>', width=84)
        state.widget(
            st.segmented_control,
            name,
            f"{attribute}_mode",
            options=[IS, IS_NOT],
            required=True,
            format_func=lambda code: say(lang, f"filter.mode.{code}"),
            **options,
        )
    state.widget(
        st.multiselect,
        name,
        attribute,
        options=list(queries.choices(attribute)),
        placeholder=say(lang, "filter.everyone"),
        format_func=namer(lang, attribute),
        **options,
    )


def _chip(lang: str, condition: Condition) -> None:
    st.button(
        MARKDOWN.sub(r"\\\g<0>", describe(lang, condition)),
        key=f"chip_{condition.attribute}_{lang}",
        icon=":material/close:",
        icon_position="right",
        help=say(lang, "filter.remove"),
        on_click=clear,
        args=(condition.attribute,),
    )


def pick(view: View, name: str, options: tuple[str, ...], labels: list[str]) -> str:
    """A row of choices that belongs to the page; the first where none is chosen."""
    current = picked(name, options)
    key = f"w_{name}_{view.lang}_{'_'.join(options)}"
    names = dict(zip(options, labels, strict=True))
    st.session_state[key] = current
    st.segmented_control(
        say(view.lang, f"{name}.pick"),
        options,
        key=key,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: state.choose(name, st.session_state[key]),
    )
    return current


def picked(name: str, options: tuple[str, ...]) -> str:
    """What the reader picked among these options; the first of them by default."""
    held = str(state.chosen(name))
    return held if held in options else options[0]
