"""Who a customer is, what to do next, and its numbers, on the page Customer 360."""

from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.filters import View
from dashboard.naming import named
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.tier_tables import scheme_name, tier_name
from dashboard.words import label_of, reason_text, say
from metrics.next_action import LATE

REACH = ("name", "phone", "email", "birth_date")
KINDS = {
    "solve_complaint": "below",
    "keep_promise": "below",
    "call_detractor": "below",
    "win_back": "below",
    "rest": "undecided",
    "respect": "undecided",
    "nothing": "above",
}
"""The colour of an action: urgent, wait, all well; others are plain."""

FACTS = (
    ("customer_profile", "clv", "money"),
    ("customer_profile", "annual_revenue", "money"),
    ("customer_profile", "days", "count"),
    ("customer_rhythm", "overdue_ratio", "ratio"),
    ("customer_profile", "health", "points"),
)
BESIDE = {
    "annual_revenue": ("customer_profile", {"revenue": "money"}),
    "days": ("customer_profile", {"orders": "count"}),
    "overdue_ratio": (
        "customer_rhythm", {"days_since": "count", "usual_gap": "count"},
    ),
    "health": ("customer_profile", {"loyalty": "points"}),
}  # fmt: skip
"""Per number, what stands below it."""

SHORT = {"days_since": "since", "usual_gap": "gap"}
TOLD = ("category", "channel", "hour")


def head(view: View, customer: str) -> None:
    """Name, id, tiers, attributes, and how to reach the customer."""
    question = view.ask("customer_profile", customer=customer)
    row = cards.first_row(question)
    if row["customer_id"] is None:
        why = reason_text(view.lang, row["reason"])
        st.html(cards.empty(say(view.lang, "find.none"), why))
        st.stop()
    personal = queries.personal(customer)
    title = personal.get("name") or customer
    with st.container(
        horizontal=True, horizontal_alignment="distribute", key="person-head"
    ):
        st.html(_who(view, customer, str(title), row), width="stretch")
        _reach(view, personal)


def next_action(view: View, customer: str) -> None:
    """The next best action with its reason, and what comes after it."""
    question = view.ask("next_action", customer=customer)
    first, *others = queries.answer(question).to_dicts()
    kind = KINDS.get(first["action"], "")
    also = say(view.lang, "list.comma").join(
        say(view.lang, f"action.{row['action']}") for row in others
    )
    below = say(view.lang, "action.also", others=also) if also else ""
    title = escape(say(view.lang, f"action.{first['action']}"))
    st.html(
        f'<div class="ch-summary {kind}"><b>{title}</b><br>'
        f"{_why(view, question, first)}"
        f'<div class="ch-sub">{escape(_habits(view, customer))}</div>'
        f'<div class="ch-sub">{escape(below)}</div></div>'
    )


def facts(view: View, customer: str) -> None:
    """The customer's headline numbers."""
    with st.grid(5, min_column_width=150, gap=14):
        for metric, name, unit in FACTS:
            with st.container(key=f"card-fact-{name}", height="stretch"):
                st.html(_fact(view, view.ask(metric, customer=customer), name, unit))


def _who(view: View, customer: str, title: str, row: Row) -> str:
    chips = "".join(
        f'<span class="ch-tag">{escape(scheme_name(view, scheme))}: '
        f"{escape(tier_name(view, tier))}</span>"
        for scheme, tier in _tiers(view, customer)
    )
    about = " · ".join(escape(each) for each in _about(view, row) if each)
    shown = escape(customer) if title != customer else ""
    return (
        f'<div class="ch-big"><b>{escape(title)}</b> '
        f'<span class="ch-id ch-sub">{shown}</span><br>{chips}'
        f'<div class="ch-sub">{about}</div></div>'
    )


def _tiers(view: View, customer: str) -> list[tuple[str, str]]:
    """The tier of today, in each scheme."""
    found = []
    for scheme in queries.schemes():
        question = view.ask("tier_history", scheme=scheme, customer=customer)
        stays = queries.answer(question)
        if "until_on" in stays.columns:
            now = stays.filter(stays["until_on"].is_null())
            found += [(scheme, str(tier)) for tier in now["tier"]]
    return found


def _about(view: View, row: Row) -> list[str]:
    lang = view.lang
    told = [
        named(lang, str(row[name]), name)
        for name in ("store", "region", "customer_type", "acquisition_channel")
        if row[name] not in (None, "unknown")
    ]
    told += [str(row[name]) for name in ("city", "industry") if row[name]]
    if row["member_level"]:
        told.append(say(lang, "person.level", level=row["member_level"]))
    if row["owner"]:
        told.append(say(lang, "person.owner", owner=row["owner"]))
    first = row["first_day"]
    told.append(
        say(lang, "person.since", day=formats.day(lang, first))
        if first
        else say(lang, "person.never")
    )
    if row["consent"] is not None:
        told.append(say(lang, f"person.consent.{'yes' if row['consent'] else 'no'}"))
    return told


def _reach(view: View, personal: dict[str, str | None]) -> None:
    """Contact details, shown on request, as far as the viewer's rights go."""
    if not queries.viewer().may_see_personal:
        return
    with st.popover(
        say(view.lang, "person.reach"), icon=":material/call:", key="person-reach"
    ):
        known = [(name, personal.get(name)) for name in REACH]
        lines = [
            f"<dt>{escape(say(view.lang, f'person.{name}'))}</dt>"
            f"<dd>{escape(str(text))}</dd>"
            for name, text in known
            if text
        ]
        none = escape(say(view.lang, "person.reach.none"))
        body = f"<dl>{''.join(lines)}</dl>" if lines else none
        st.html(f'<div class="ch-def">{body}</div>')


def _why(view: View, question: Question, row: Row) -> str:
    unit = "ratio" if row["action"] == "win_back" else "count"
    number = written(Cell(question, row, "number"), Ink(view.lang, unit))
    return say(view.lang, f"action.{row['action']}.why", number=number)


def _habits(view: View, customer: str) -> str:
    """What the customer prefers, in a few words."""
    rows = queries.answer(view.ask("customer_preferences", customer=customer))
    first = {
        row["habit"]: str(row["segment"])
        for row in rows.to_dicts()
        if row["place"] == 1
    }
    told = [habit_value(view, name, first[name]) for name in TOLD if name in first]
    words = say(view.lang, "list.comma").join(told)
    return say(view.lang, "action.how", habits=words) if told else ""


def habit_value(view: View, habit: str, value: str) -> str:
    """What a habit's value is called."""
    if habit == "weekday":
        return say(view.lang, f"habit.weekday.{value}")
    if habit == "hour":
        return say(view.lang, "habit.hours", hour=value)
    if habit == "store":
        return named(view.lang, value, "store")
    return label_of(view.lang, value, habit)


def _fact(view: View, question: Question, name: str, unit: str) -> str:
    row, ink = cards.first_row(question), Ink(view.lang, unit, _currency())
    mark = cards.definition_mark(view, question.metric)
    late = name == "overdue_ratio" and (row[name] or 0.0) > LATE
    colour = " ch-delta bad" if late else ""
    return (
        f'<div class="ch-kpi"><div class="ch-kpi-head" style="padding-right:0">'
        f"<b>{escape(say(view.lang, f'facts.{name}'))}</b>{mark}</div>"
        f'<div class="ch-value{colour}">{written(Cell(question, row, name), ink)}</div>'
        f'<div class="ch-interval">{_beside(view, question, name)}</div></div>'
    )


def _beside(view: View, question: Question, name: str) -> str:
    _, units = BESIDE.get(name, ("", {}))
    row = cards.first_row(question)
    given = {
        SHORT.get(other, other): written(
            Cell(question, row, other), Ink(view.lang, unit, _currency())
        )
        for other, unit in units.items()
    }
    return say(view.lang, f"facts.{name}.sub", **given)


def _currency() -> str:
    return queries.freshness().currency
