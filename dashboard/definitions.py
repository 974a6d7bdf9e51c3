"""The catalogue as a page: metrics, tiers, tables, each found by any of its words."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard import cards, formats, limits, queries
from dashboard.catalogue import METRICS, Metric
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, written
from dashboard.question import Question
from dashboard.words import definition, facts, label, label_of, say
from data.schemas import INPUTS, columns, required_columns
from data.tiers import TierRule


def search(view: View) -> str:
    """The search box; what was typed, ready to compare."""
    text = say(view.lang, "definitions.search")
    typed = st.text_input(
        text,
        key=f"w_search_{view.lang}",
        placeholder=text,
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return str(typed or "").strip().casefold()


def shelves(view: View, wanted: str) -> None:
    """Metrics, tiers and tables, each behind a tab that counts what matches."""
    found = {
        "metrics": _matching([_metric(view, metric) for metric in METRICS], wanted),
        "tiers": _matching(_tiers(view), wanted),
        "tables": _matching([_table(view, name) for name in INPUTS], wanted),
    }
    names = [
        f"{say(view.lang, f'definitions.{name}')} · {len(entries)}"
        for name, entries in found.items()
    ]
    for tab, (name, entries) in zip(st.tabs(names), found.items(), strict=True):
        with tab:
            _shelf(view, name, entries)


def _shelf(view: View, name: str, entries: list[str]) -> None:
    with cards.card(f"def-{name}"):
        nothing = cards.empty(say(view.lang, "definitions.none"))
        sub = escape(say(view.lang, f"definitions.{name}.sub"))
        body = f'<div class="ch-defs">{"".join(entries)}</div>' if entries else nothing
        st.html(f'<div class="ch-sub">{sub}</div>{body}')


def _tiers(view: View) -> list[str]:
    """Every tier of every scheme, in the order in which its rules are tried."""
    schemes = queries.reader().settings.tiers.items()
    return [_tier(view, scheme, rule) for scheme, rules in schemes for rule in rules]


def _matching(entries: list[str], wanted: str) -> list[str]:
    return [entry for entry in entries if escape(wanted) in entry.casefold()]


def _metric(view: View, metric: Metric) -> str:
    lang = view.lang
    limit = _limit(view, metric)
    stated = facts(metric)
    shown = stated if lang == "en" else {}
    rows = {
        "formula": shown.get("Formula"),
        "interval": shown.get("Interval"),
        "window": _window(lang, metric),
        "threshold": limit,
        "better": metric.good and say(lang, f"definitions.better.{metric.good}"),
        "needs": ", ".join(metric.needs),
        "source": _literature(stated.get("Source")),
    }
    return _entry(
        label(lang, metric), metric.name, definition(lang, metric), _rows(lang, rows)
    )


def _literature(source: str | None) -> str | None:
    """Where a formula was published; our own orders and settings are no literature."""
    return source if source and source[0].isupper() else None


def _window(lang: str, metric: Metric) -> str:
    if metric.window is None:
        return say(lang, "definitions.no_window")
    return say(lang, f"window.{metric.window}")


def _limit(view: View, metric: Metric) -> str | None:
    limit = limits.threshold(metric.name)
    if limit is None:
        return None
    return Ink(view.lang, metric.unit, queries.freshness().currency).value(limit)


def _tier(view: View, scheme: str, rule: TierRule) -> str:
    lang = view.lang
    parts = []
    if rule.days_since_last_min is not None:
        parts.append(say(lang, "tier.rule.last", days=rule.days_since_last_min))
    if rule.annual_spend_min is not None:
        spend = float(rule.annual_spend_min)
        amount = formats.money(lang, spend, queries.freshness().currency)
        parts.append(say(lang, "tier.rule.spend", amount=amount))
    if rule.clv_min is not None:
        amount = formats.money(lang, float(rule.clv_min), queries.freshness().currency)
        parts.append(say(lang, "tier.rule.clv", amount=amount))
    if rule.loyalty_min is not None:
        points = formats.value(lang, "points", float(rule.loyalty_min))
        parts.append(say(lang, "tier.rule.loyalty", points=points))
    if rule.scored:
        parts.append(say(lang, "tier.rule.scores", ranges=_ranges(rule)))
    text = say(lang, "list.comma").join(parts) or say(lang, "tier.rule.rest")
    return _entry(label_of(lang, rule.name, "tier"), f"{scheme}.{rule.name}", text, "")


def _ranges(rule: TierRule) -> str:
    scores = (rule.recency_score, rule.frequency_score, rule.monetary_score)
    return " · ".join("1–5" if s is None else f"{s[0]}–{s[1]}" for s in scores)


def _table(view: View, name: str) -> str:
    lang = view.lang
    loaded = _loaded(name)
    rows = written(loaded, Ink(lang, "count")) if loaded else ""
    status = say(lang, "definitions.loaded" if loaded else "definitions.absent", n=rows)
    tag = f'<span class="ch-tag {"on" if loaded else "off"}">{status}</span>'
    required = required_columns(name)
    facts = {
        "required": ", ".join(required),
        "columns": ", ".join(column for column in columns(name)),
    }
    text = f"{say(lang, f'table.{name}')} · {say(lang, f'table.{name}.adds')}"
    return _entry(f"{name}", "", text, tag + _rows(lang, facts))


def _loaded(table: str) -> Cell | None:
    """How many rows of a table there are, if any."""
    question = Question("rows_held", by="table")
    rows = queries.answer(question).to_dicts()
    found = [row for row in rows if row["segment"] == table and row["value"]]
    return Cell(question, found[0]) if found else None


def _rows(lang: str, facts: Mapping[str, str | None]) -> str:
    pairs = "".join(
        f"<dt>{escape(say(lang, f'definitions.{key}'))}</dt><dd>{escape(text)}</dd>"
        for key, text in facts.items()
        if text
    )
    return f"<dl>{pairs}</dl>"


def _entry(name: str, code: str, text: str, more: str) -> str:
    mark = f"<code>{escape(code)}</code>" if code else ""
    return (
        f'<div class="ch-def"><h4>{escape(name)}</h4>{mark}'
        f"<p>{escape(text)}</p>{more}</div>"
    )
