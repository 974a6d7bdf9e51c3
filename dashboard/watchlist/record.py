"""How good the model was: both rules side by side, and whether a contact pays."""

from html import escape

import streamlit as st

from dashboard import cards, formats, queries
from dashboard.campaign_numbers import ranged, rows_of
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.watchlist.today import asked
from dashboard.words import reason_text, say

FIGURES = ("auc", "brier", "skill", "slope", "intercept")
SPREAD = ("difference", "difference_low", "difference_high")
BOUNDS = ("value", "ci_low", "ci_high")
COUNTS = (
    *("value", "ci_low", "ci_high", "n", "running"),
    *("treated", "treated_bought", "control", "control_bought"),
)


def track(view: View) -> None:
    """What both rules told on a past day, beside each other, and which is used."""
    question = view.ask("churn_model")
    rows = rows_of(view, question)
    if not rows or rows[0]["reason"]:
        why = reason_text(view.lang, rows[0]["reason"]) if rows else ""
        st.html(cards.empty(say(view.lang, "churnrule.none"), why))
        return
    st.html(_verdict(view, question, rows))
    names = ["churnrule.figure", *(f"churnrule.rule.{row['segment']}" for row in rows)]
    body = "".join(_figure(view, question, rows, name) for name in FIGURES)
    st.html(
        framed(question, head_row([say(view.lang, n) for n in names], words=1) + body)
    )
    st.html(f'<div class="ch-sub">{_days(view, question, rows[0])}</div>')


def precision(view: View) -> None:
    """Of so many customers that would have been called, how many did leave."""
    question = view.ask("churn_precision")
    rows = rows_of(view, question)
    if not rows:
        return
    sides = {row["segment"]: row for row in rows}
    names = ["precision.top", *(f"churnrule.rule.{name}" for name in sides)]
    tops = sorted({row["top"] for row in rows})
    body = "".join(
        _top(view, question, [row for row in rows if row["top"] == top]) for top in tops
    )
    st.html(
        framed(question, head_row([say(view.lang, n) for n in names], words=1) + body)
    )


def verdict(view: View) -> None:
    """Whether contacts pay: for how many customers, and from which value on."""
    question = asked(view, "stop_loss")
    row = queries.answer(question).row(0, named=True)
    if row.get("value") is None:
        why = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    count, money = Ink(view.lang, "count"), cards.ink_for(view, "revenue")
    share = Ink(view.lang, "share")
    inks = {
        **dict.fromkeys(("n", "worth_contacting"), count),
        **dict.fromkeys(
            ("value", "total", "break_even", "contact_cost", "reward"), money
        ),
        **dict.fromkeys(("effect", "effect_low", "effect_high"), share),
    }
    told = {name: written(Cell(question, row, name), ink) for name, ink in inks.items()}
    pays = "above" if row["value"] > 0 else "below"
    free = not row["contact_cost"] and not row["reward"]
    tone = "undecided" if free else pays
    unset = f" {say(view.lang, 'stop.free')}" if free else ""
    source = "measured" if row["measured"] else "prior"
    st.html(
        f'<div class="ch-summary {tone}">'
        f"{say(view.lang, f'stop.{pays}', **told)}{unset}"
        f'<div class="ch-sub">{say(view.lang, f"stop.{source}", **told)}</div></div>'
    )


def saved(view: View) -> None:
    """How many came back by a contact, told by the control group."""
    question = view.ask("saved_customers")
    row = queries.answer(question).row(0, named=True)
    count, share = Ink(view.lang, "count"), Ink(view.lang, "share")
    inks = {
        **dict.fromkeys(COUNTS, count),
        **dict.fromkeys(("effect", "effect_low", "effect_high"), share),
        **dict.fromkeys(
            ("margin", "margin_low", "margin_high"), cards.ink_for(view, "revenue")
        ),
    }
    told = {name: written(Cell(question, row, name), ink) for name, ink in inks.items()}
    if row["value"] is None:
        why = escape(reason_text(view.lang, row["reason"]))
        below = say(view.lang, "saved.none", why=why, **told)
        st.html(f'<div class="ch-summary undecided">{below}</div>')
        return
    tone = (
        "above" if row["ci_low"] > 0 else "below" if row["ci_high"] < 0 else "undecided"
    )
    st.html(
        f'<div class="ch-summary {tone}">{say(view.lang, "saved.told", **told)}'
        f'<div class="ch-sub">{say(view.lang, "saved.how", **told)}</div></div>'
    )


def _verdict(view: View, question: Question, rows: list[Row]) -> str:
    used = next(row["segment"] for row in rows if row["used"])
    model = next(row for row in rows if row["segment"] == "model")
    index = Ink(view.lang, "index")
    names = dict(zip(("gap", "low", "high"), SPREAD, strict=True))
    told = {
        key: written(Cell(question, model, name), index, "change")
        for key, name in names.items()
    }
    words = say(view.lang, f"churnrule.used.{used}", **told)
    return f'<div class="ch-summary above">{words}</div>'


def _figure(view: View, question: Question, rows: list[Row], name: str) -> str:
    ink = Ink(view.lang, "index")
    numbers = "".join(
        f'<td class="num">{inside(Cell(question, row, name), ink)}</td>' for row in rows
    )
    label = escape(say(view.lang, f"churnrule.{name}"))
    hint = escape(say(view.lang, f"churnrule.{name}.sub"))
    return f'<tr><td>{label}<div class="ch-sub">{hint}</div></td>{numbers}</tr>'


def _days(view: View, question: Question, row: Row) -> str:
    days = {
        name: formats.short_day(view.lang, row[name])
        for name in ("trained_on", "calibrated_on", "tested_on")
    }
    n = written(Cell(question, row, "n"), Ink(view.lang, "count"))
    horizon = written(Cell(question, row, "horizon_days"), Ink(view.lang, "count"))
    return say(view.lang, "churnrule.days", n=n, horizon=horizon, **days)


def _top(view: View, question: Question, rows: list[Row]) -> str:
    share, ratio = Ink(view.lang, "share"), Ink(view.lang, "score")
    top = inside(Cell(question, rows[0], "top"), Ink(view.lang, "count"))
    cells = ""
    for row in rows:
        told = [inside(Cell(question, row, name), share) for name in BOUNDS]
        lift = inside(Cell(question, row, "lift"), ratio)
        words = say(view.lang, "precision.lift", lift=lift)
        below = f'<div class="ch-sub">{words}</div>'
        cells += f'<td class="num">{ranged(view, told)}{below}</td>'
    return f"<tr><td>{top}</td>{cells}</tr>"
