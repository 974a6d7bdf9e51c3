"""Alerts in force on the Overview: what is below its threshold, and who mends it.

Alerts are about the whole company as of the last day, whatever the filters say.
"""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard import cards, desk, formats, queries
from dashboard.book import Seen, rectifications
from dashboard.book.rectifications import Plan
from dashboard.catalogue import find
from dashboard.desk import Form
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import label, label_of, reason_text, say
from metrics.rectifications import BAD, WHOLE

ALERTS, MENDED = Question("alerts"), Question("rectifications")
Key = tuple[str, str]
DAYS = 14  # to mend something, where nobody says otherwise


def in_force(view: View) -> None:
    """Each alert with its rectification, and the forms to plan and to close it."""
    found = desk.read(view.lang, lambda _: _rows())
    if found is None:
        return
    alerts, mended = found
    if alerts and alerts[0]["metric"] is None:
        why = reason_text(view.lang, alerts[0]["reason"])
        st.html(cards.empty(say(view.lang, "alerts.unknown"), why))
        return
    rows = [row for row in alerts if row["verdict"] == BAD or row["rectification"]]
    if not rows:
        st.html(_quiet(view, alerts))
    for row in rows:
        _alert(view, row, mended.get((row["metric"], row["part"])))


def _rows() -> tuple[list[Row], dict[Key, Row]]:
    """The figures with thresholds, and the newest rectification of each."""
    alerts: list[Row] = queries.answer(ALERTS).to_dicts()
    mended = queries.answer(MENDED).sort("opened_on", nulls_last=False).to_dicts()
    mended.sort(key=lambda row: row["status"] != "closed")
    return alerts, {(row["metric"], row["part"]): row for row in mended}


def _quiet(view: View, alerts: list[Row]) -> str:
    names = dict.fromkeys(_name(view.lang, row) for row in alerts)
    told = say(view.lang, "alerts.watched", names=_joined(view.lang, list(names)))
    return cards.empty(say(view.lang, "alerts.none"), told)


def _alert(view: View, row: Row, mended: Row | None) -> None:
    ink = cards.ink_for(view, row["metric"])
    open_now = mended if mended and mended["status"] != "closed" else None
    with st.container(key=f"alert-{row['metric']}-{row['part']}", gap="xsmall"):
        st.html(
            f'<div class="ch-alert">{_figure(view, row, ink)}'
            f"{_standing(view, mended)}{_effect(view, mended, ink)}</div>"
        )
        if open_now and desk.may_write():
            with st.expander(say(view.lang, "alerts.edit")):
                _forms(view, open_now)


def _figure(view: View, row: Row, ink: Ink) -> str:
    value = written(Cell(ALERTS, row), ink)
    unit = escape(say(view.lang, f"unit.{ink.unit}"))
    chip = cards.state_chip(ALERTS, row, ink)
    between = cards.interval(view.lang, ALERTS, row, ink)
    name = escape(_name(view.lang, row))
    return (
        f'<div class="ch-alert-head"><b class="ch-id">{name}</b>'
        f'<span class="ch-value">{value}<small>{unit}</small></span>{chip}</div>'
        f'<div class="ch-interval">{between}</div>'
    )


def _standing(view: View, mended: Row | None) -> str:
    """Who mends it, until when, by what."""
    lang = view.lang
    if mended is None:
        return f'<div class="ch-sub">{escape(say(lang, "alerts.unopened"))}</div>'
    parts = [
        say(lang, "alerts.opened", day=formats.day(lang, mended["opened_on"])),
        label_of(lang, mended["status"], "follow_up"),
        say(lang, "alerts.owner", name=mended["owner"] or formats.DASH),
    ]
    if mended["due_on"]:
        parts.append(say(lang, "alerts.due", day=formats.day(lang, mended["due_on"])))
    if mended["outcome"]:
        parts.append(label_of(lang, mended["outcome"], "rectified"))
    late = _late(mended)
    mark = say(lang, "alerts.late") if late else ""
    chip = f' <span class="ch-state bad">{escape(mark)}</span>' if late else ""
    told = f'<div class="ch-sub ch-id">{escape(" · ".join(parts))}{chip}</div>'
    return told + _measures(mended)


def _measures(mended: Row) -> str:
    text = _texts().get(mended["rectification"])
    return f'<p class="ch-id">{escape(text)}</p>' if text else ""


def _texts() -> Mapping[str, str | None]:
    """What the measures are: written by people, so not among a metric's figures."""
    listed = rectifications.listed(desk.book())
    return dict(listed.select("rectification", "measures").iter_rows())


def _late(mended: Row) -> bool:
    due: date | None = mended["due_on"]
    return bool(due and mended["status"] != "closed" and due < desk.today())


def _effect(view: View, mended: Row | None, ink: Ink) -> str:
    """Then, now, and the change with its interval, or why there is none yet."""
    if mended is None or mended["change"] is None:
        return ""
    if mended["opened_on"] >= queries.freshness().as_of:
        return ""  # it was opened for this very figure
    told: dict[str, Any] = {
        "then": written(Cell(MENDED, mended, "then"), ink),
        "now": written(Cell(MENDED, mended), ink),
        "change": written(Cell(MENDED, mended, "change"), ink, "change"),
    }
    words = say(view.lang, "alerts.effect", **told)
    if mended["change_low"] is not None:
        bounds = {
            name: written(Cell(MENDED, mended, f"change_{name}"), ink, "change")
            for name in ("low", "high")
        }
        words += say(view.lang, "alerts.between", **bounds)
    words += ")" if view.lang == "en" else "）"
    why = reason_text(view.lang, mended["reason"]) if mended["reason"] else ""
    below = f'<div class="ch-sub ch-id">{escape(why)}</div>' if why else ""
    return f'<div class="ch-interval">{words}</div>{below}'


def _forms(view: View, mended: Row) -> None:
    seen = Seen(mended["rectification"], mended["version"])
    left, right = st.columns(2, gap="medium")
    with left:
        _plan(view, mended, desk.form(f"plan-{seen.id}", seen))
    with right:
        _close(view, desk.form(f"mended-{seen.id}", seen))


def _plan(view: View, mended: Row, form: Form) -> None:
    lang = view.lang
    with st.form(form.key("form"), border=False):
        owner = st.text_input(
            say(lang, "alerts.form.owner"), mended["owner"] or "", key=form.key("owner")
        )
        due = st.date_input(
            say(lang, "alerts.form.due"),
            mended["due_on"] or desk.today(DAYS),
            key=form.key("due"),
            format="YYYY-MM-DD",
        )
        measures = st.text_area(
            say(lang, "alerts.form.measures"),
            _texts().get(mended["rectification"]) or "",
            key=form.key("measures"),
        )
        sent = form.submit(say(lang, "alerts.form.save"))
    planned = Plan(owner, due, measures)
    if sent and desk.saved(
        lang, form, lambda book, pen: rectifications.plan(book, pen, form.it, planned)
    ):
        st.rerun()


def _close(view: View, form: Form) -> None:
    told = desk.closing(
        view.lang, form, rectifications.OUTCOMES, "rectified", "alerts.form.close"
    )
    if told and desk.saved(
        view.lang,
        form,
        lambda book, pen: rectifications.close(book, pen, form.it, *told),
    ):
        st.rerun()


def _name(lang: str, row: Row) -> str:
    """What the figure is called: the metric, and its part where it has several."""
    name = label(lang, find(row["metric"]))
    if row["part"] == WHOLE:
        return name
    if row["part"].isdecimal():
        return say(lang, "alerts.horizon", name=name, days=row["part"])
    part = label_of(lang, row["part"], "dimension")
    return say(lang, "alerts.part", name=name, part=part)


def _joined(lang: str, names: list[str]) -> str:
    return ("、" if lang == "zh" else ", ").join(names)
