"""Tables of the page Tiers: shares, who moved where, how schemes and scores cross."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import cards, filters, lists, queries, state, style
from dashboard.filters import View
from dashboard.formats import short_day
from dashboard.numbers import Cell, Ink, Row, inside, stated
from dashboard.question import Question
from dashboard.words import label_of, reason_text, say
from data.tiers import TierRule

MEASURES = ("customers", "revenue_to", "revenue_from")
MOVES = ("up", "down", "new", "gone")
SHOWN = 20
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
BOUNDS = ("days_since_last_min", "annual_spend_min")


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
    _segments(view, question, SHARES)


def migration(view: View, chosen: str) -> None:
    """Who moved from which tier to which, as a heat table."""
    labels = [say(view.lang, f"migration.{name}") for name in MEASURES]
    measure = filters.pick(view, "measure", MEASURES, labels)
    question = view.ask("tier_migration", scheme=chosen, **_from(view))
    shown = ("tier_from", "tier_to", measure)
    _matrix(view, question, shown, cards.ink_for(view, "revenue"))


def moved(view: View, chosen: str) -> None:
    """The customers who moved one way, those with most money first."""
    labels = [say(view.lang, f"moves.{name}") for name in MOVES]
    move = filters.pick(view, "move", MOVES, labels)
    question = view.ask("tier_moves", scheme=chosen, move=move, **_from(view))
    total, first = queries.first_people(question, None)
    rows = first.head(SHOWN).to_dicts()
    if not rows:
        st.html(cards.empty(say(view.lang, "empty.title")))
        return
    ink = cards.ink_for(view, "revenue")
    names = ("customer", "tier_from", "tier_to", "revenue_from", "revenue_to")
    body = "".join(_customer(view, question, row, ink) for row in rows)
    head = _head([say(view.lang, f"moves.col.{name}") for name in names], words=3)
    st.html(_framed(question, head + body))
    st.html(
        f'<div class="ch-sub">{say(view.lang, "moves.shown", n=len(rows), total=total)}'
        "</div>"
    )
    lists.files(view, lists.People(question))


def crosswalk(view: View, chosen: str) -> None:
    """The customers of this scheme's tiers in those of another."""
    others = tuple(s for s in queries.reader().settings.tiers if s != chosen)
    if not others:
        st.html(cards.empty(say(view.lang, "empty.title")))
        return
    other = filters.pick(view, "other", others, [scheme_name(view, s) for s in others])
    question = view.ask("tier_crosswalk", scheme=chosen, other=other)
    shown = ("tier", "other_tier", "customers")
    _matrix(view, question, shown, cards.ink_for(view, "revenue"))


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
    head = _head(["R F", *(f"M{m}" for m in range(5, 0, -1))], words=1)
    st.html(_framed(question, head + body))


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


def earlier(view: View) -> None:
    """The picker of the date to compare with."""
    days = queries.as_of_dates()
    last = view.as_of or days[0]
    options = ["", *(day.isoformat() for day in days if day < last)]
    named = {day.isoformat(): short_day(view.lang, day) for day in days}
    state.widget(
        st.selectbox,
        say(view.lang, "migration.from"),
        "from",
        options=options,
        format_func=lambda code: named.get(code, say(view.lang, "migration.year")),
    )


def _from(view: View) -> dict[str, str]:
    given, last = str(state.chosen("from")), view.as_of or queries.as_of_dates()[0]
    return {"from": given} if given and given < last.isoformat() else {}


def _bound(view: View, chosen: str, bound: tuple[str, str, float]) -> str:
    tier, name, usual = bound
    label = say(view.lang, f"simulator.{name}", tier=tier_name(view, tier))
    step = 1 if name == "days_since_last_min" else 500
    value = st.number_input(
        label,
        min_value=1 if step == 1 else 0,
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
    head = _head(
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
    st.html(_framed(question, head + body))


def _key(view: View, tier: str, places: dict[str, int]) -> str:
    colour = style.tier_colour(tier, places.get(tier, 0))
    swatch = f'<i class="ch-swatch" style="background:{colour}"></i>'
    return f'<span class="ch-key">{swatch}{escape(tier_name(view, tier))}</span>'


def _matrix(
    view: View, question: Question, names: tuple[str, str, str], money: Ink
) -> None:
    down, across, measure = names
    rows = queries.answer(question).to_dicts()
    if not rows or down not in rows[0]:
        why = reason_text(view.lang, rows[0].get("reason") if rows else None)
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    downs, acrosses = (list(dict.fromkeys(r[n] for r in rows)) for n in (down, across))
    found = {(row[down], row[across]): row for row in rows}
    most = max((abs(row[measure] or 0) for row in rows), default=0) or 1
    ink = money.of("count") if measure == "customers" else money
    body = "".join(
        f'<tr><td class="name">{escape(tier_name(view, one))}</td>'
        + "".join(
            _heat(question, found.get((one, two)), measure, (ink, most))
            for two in acrosses
        )
        + "</tr>"
        for one in downs
    )
    corner = say(view.lang, f"matrix.{down}")
    head = _head([corner, *(tier_name(view, two) for two in acrosses)], words=1)
    st.html(_framed(question, head + body))


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


def _customer(view: View, question: Question, row: Row, ink: Ink) -> str:
    money = "".join(
        f'<td class="num">{inside(Cell(question, row, name), ink)}</td>'
        for name in ("revenue_from", "revenue_to")
    )
    tiers = "".join(
        f"<td>{escape(tier_name(view, row[name]))}</td>"
        for name in ("tier_from", "tier_to")
    )
    who = f'<td><span class="ch-id">{escape(row["customer_id"])}</span></td>'
    return f"<tr>{who}{tiers}{money}</tr>"


def _head(names: Sequence[str], words: int) -> str:
    heads = "".join(
        f"<th>{escape(name)}</th>"
        if place < words
        else f'<th class="num">{escape(name)}</th>'
        for place, name in enumerate(names)
    )
    return f"<thead><tr>{heads}</tr></thead>"


def _framed(question: Question, rows: str) -> str:
    return (
        f'<div class="ch-scroll" {stated(question)}>'
        f'<table class="ch-table">{rows}</table></div>'
    )
