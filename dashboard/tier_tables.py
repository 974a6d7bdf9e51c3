"""Tables of the page Tiers: shares, who moved where, how schemes and scores cross."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import cards, filters, queries, style
from dashboard.cells import SCHEME
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, stated
from dashboard.question import Question
from dashboard.words import label_of, reason_text, say
from data.tiers import CENTURY, TierRule, version

SHARES = (
    ("customers", "count"),
    ("customer_share", "share"),
    ("revenue", "money"),
    ("revenue_share", "share"),
    ("margin", "money"),
    ("margin_share", "share"),
    ("clv", "money"),
)
SIMULATED = (
    ("customers", "count"),
    ("customers_then", "count"),
    ("revenue_share", "share"),
    ("revenue_share_then", "share"),
    ("contacts", "count"),
    ("contacts_then", "count"),
)
MOST_SPEND = 10**12
BOUNDS = ("days_since_last_min", "annual_spend_min", "clv_min", "loyalty_min")
STEPS = {"days_since_last_min": (1, 1, CENTURY), "loyalty_min": (0, 1, 100)}
MONEY_STEPS = (0, 500, MOST_SPEND)
"""The least value, the step and the most of a bound that can be moved."""


def scheme(view: View) -> str:
    """The scheme that the reader picked."""
    offered = tuple(queries.reader().settings.tiers)
    return filters.pick(
        view, "scheme", offered, [scheme_name(view, s) for s in offered]
    )


def scheme_name(view: View, name: str) -> str:
    """What a scheme is called."""
    return label_of(view.lang, name, "scheme")


def rules(chosen: str) -> tuple[TierRule, ...]:
    """The rules of a scheme."""
    return queries.reader().settings.tiers[chosen]


def tier_name(view: View, tier: object) -> str:
    """What a tier is called."""
    return label_of(view.lang, str(tier), "tier")


def distribution(view: View, chosen: str) -> None:
    """Customers, money and value by tier, with shares."""
    question = view.ask("tier_distribution", scheme=chosen)
    st.html(f'<div class="ch-sub">{_version(view, chosen)}</div>')
    if chosen == SCHEME:
        _segments(view, question, SHARES)
        return
    _segments(view, question, [each for each in SHARES if each[0] != "clv"])
    st.html(f'<div class="ch-sub">{escape(say(view.lang, "tier_shares.no_clv"))}</div>')


def _version(view: View, chosen: str) -> str:
    """The version of the rules by which a scheme was told."""
    told = version(rules(chosen), queries.reader().settings.rfm)
    return say(view.lang, "scheme.version", version=told)


def crosswalk(view: View, chosen: str) -> None:
    """The customers of this scheme's tiers in those of another."""
    others = tuple(s for s in queries.reader().settings.tiers if s != chosen)
    if not others:
        st.html(cards.empty(say(view.lang, "empty.title")))
        return
    other = filters.pick(view, "other", others, [scheme_name(view, s) for s in others])
    question = view.ask("tier_crosswalk", scheme=chosen, other=other)
    shown = ("tier", "other_tier", "customers")
    matrix(view, question, shown)


def grid(view: View) -> None:
    """The 125 cells of scores by segment: recency by frequency and monetary value."""
    question = view.ask("rfm_grid")
    rows = queries.answer(question).to_dicts()
    most = max(row["customers"] for row in rows) or 1
    found = {(r["recency"], r["frequency"], r["monetary"]): r for r in rows}
    body = "".join(
        f'<tr><td><span class="ch-id">R{r} F{f}</span></td>'
        + "".join(_score(view, question, found[r, f, m], most) for m in range(5, 0, -1))
        + "</tr>"
        for r in range(5, 0, -1)
        for f in range(5, 0, -1)
    )
    head = head_row(["R F", *(f"M{m}" for m in range(5, 0, -1))], words=1)
    st.html(framed(question, head + body))


def simulator(view: View, chosen: str) -> None:
    """Other thresholds, and what they would do before they are saved."""
    bounds = [
        (rule.name, bound, float(getattr(rule, bound)))
        for rule in rules(chosen)
        for bound in BOUNDS
        if getattr(rule, bound) is not None
    ]
    if not bounds:
        st.html(cards.empty(say(view.lang, "simulator.none")))
        return
    with st.container(horizontal=True):
        given = [_bound(view, chosen, each) for each in bounds]
    changed = ",".join(text for text in given if text)
    options = {"set": changed} if changed else {}
    question = view.ask("tier_simulation", scheme=chosen, **options)
    _segments(view, question, SIMULATED, "simulator.col.")


def _bound(view: View, chosen: str, bound: tuple[str, str, float]) -> str:
    tier, name, usual = bound
    label = say(view.lang, f"simulator.{name}", tier=tier_name(view, tier))
    least, step, most = STEPS.get(name, MONEY_STEPS)
    value = st.number_input(
        label,
        min_value=least,
        max_value=most,
        value=int(usual),
        step=step,
        key=f"simulate_{chosen}_{tier}_{name}_{view.lang}",
        width=220,
    )
    return f"{tier}.{name}={value}" if value != int(usual) else ""


def _segments(
    view: View,
    question: Question,
    columns: Sequence[tuple[str, str]],
    words: str = "col.",
) -> None:
    rows = queries.answer(question).to_dicts()
    if not rows or "customers" not in rows[0] or not sum(r["customers"] for r in rows):
        why = reason_text(view.lang, rows[0].get("reason") if rows else None)
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    chosen = dict(question.options).get("scheme", "spend")
    places = {rule.name: place for place, rule in enumerate(rules(chosen))}
    rows.sort(key=lambda row: places.get(row["segment"], len(places)))
    head = head_row(
        [say(view.lang, "col.tier"), *(say(view.lang, words + n) for n, _ in columns)],
        words=1,
    )
    ink = cards.ink_for(view, "revenue")
    body = "".join(
        f"<tr><td>{_key(view, row['segment'], places)}</td>"
        + "".join(
            f'<td class="num">{inside(Cell(question, row, name), ink.of(unit))}</td>'
            for name, unit in columns
        )
        + "</tr>"
        for row in rows
    )
    st.html(framed(question, head + body))


def _key(view: View, tier: str, places: dict[str, int]) -> str:
    colour = style.tier_colour(tier, places.get(tier, 0))
    swatch = f'<i class="ch-swatch" style="background:{colour}"></i>'
    return f'<span class="ch-key">{swatch}{escape(tier_name(view, tier))}</span>'


def matrix(
    view: View,
    question: Question,
    names: tuple[str, str, str],
    kind: str = "tier",
    order: Sequence[str] = (),
) -> None:
    """A heat table of a count or an amount by two names of each row.

    `kind` is whose names they are: of tiers, or of stages. They stand in `order`;
    without one, as they come.
    """
    down, across, measure = names
    money = cards.ink_for(view, "revenue")
    rows = queries.answer(question).to_dicts()
    if not rows or down not in rows[0]:
        why = reason_text(view.lang, rows[0].get("reason") if rows else None)
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    downs, acrosses = (
        sorted(dict.fromkeys(row[name] for row in rows), key=order.index)
        if order
        else list(dict.fromkeys(row[name] for row in rows))
        for name in (down, across)
    )
    found = {(row[down], row[across]): row for row in rows}
    most = max((abs(row[measure] or 0) for row in rows), default=0) or 1
    ink = money.of("count") if measure == "customers" else money
    body = "".join(
        f'<tr><td class="name">{escape(label_of(view.lang, str(one), kind))}</td>'
        + "".join(
            _heat(question, found.get((one, two)), measure, (ink, most))
            for two in acrosses
        )
        + "</tr>"
        for one in downs
    )
    corner = say(view.lang, f"matrix.{down}")
    named = (label_of(view.lang, str(two), kind) for two in acrosses)
    head = head_row([corner, *named], words=1)
    st.html(framed(question, head + body))


def _heat(
    question: Question, row: Row | None, measure: str, drawn: tuple[Ink, float]
) -> str:
    if row is None:
        return '<td class="num faint">·</td>'
    ink, most = drawn
    number = inside(Cell(question, row, measure), ink)
    return f'<td class="num" style="{_ground(row[measure], most)}">{number}</td>'


def _ground(number: float | None, most: float) -> str:
    weight = 55 * (abs(number or 0) / most) ** 0.5
    return f"background:color-mix(in srgb, {style.ACCENT} {weight:.0f}%, transparent)"


def _score(view: View, question: Question, row: Row, most: float) -> str:
    ink = Ink(view.lang, "count")
    number = inside(Cell(question, row, "customers"), ink)
    name = escape(tier_name(view, row["segment"]))
    ground = _ground(row["customers"], most)
    return f'<td class="num" style="{ground}">{number} <small>{name}</small></td>'


def head_row(names: Sequence[str], words: int) -> str:
    """The headings of a table: some words, then numbers."""
    heads = "".join(
        f"<th>{escape(name)}</th>"
        if place < words
        else f'<th class="num">{escape(name)}</th>'
        for place, name in enumerate(names)
    )
    return f"<thead><tr>{heads}</tr></thead>"


def framed(question: Question, rows: str) -> str:
    """A table in full height, with the question behind its numbers."""
    return (
        f'<div class="ch-scroll ch-tall" {stated(question)}>'
        f'<table class="ch-table">{rows}</table></div>'
    )
