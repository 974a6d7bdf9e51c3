"""The list of the day: what the reader picked, the sentence above it, its rows."""

from dataclasses import replace
from html import escape
from urllib.parse import quote

import streamlit as st

from dashboard import cards, desk, filters, formats, lists, queries, reach, state
from dashboard.filters import View
from dashboard.lists import People
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, stated, written
from dashboard.question import Question
from dashboard.watchlist import actions
from dashboard.watchlist.reasons import why
from dashboard.words import label_of, reason_text, say

COLUMNS = ("customer", "chance", "why", "last", "at_risk", "saved", "clv", "owner")
NUMBERS = ("chance", "at_risk", "saved", "clv")


def current() -> View:
    """The reader's view, as of the last day: the one for which the list is kept."""
    chosen = filters.current()
    if chosen.as_of is not None:
        note = escape(say(chosen.lang, "watch.last_day"))
        st.html(f'<div class="ch-notice" role="status">{note}</div>')
    return replace(chosen, as_of=None, window=None)


def summary(view: View) -> None:
    """One sentence: how many are expected to leave, and what is at risk with them."""
    question = asked(view, "churn_probability")
    row = cards.first_row(question)
    if row.get("n") is None or not row.get("horizon_days"):
        why_not = reason_text(view.lang, row.get("reason"))
        st.html(cards.empty(say(view.lang, "empty.title"), why_not))
        return
    known = row["value"] is not None
    key = "watch.summary" if known else "watch.summary.unknown"
    count, share = Ink(view.lang, "count"), Ink(view.lang, "share")
    told = {
        "n": written(Cell(question, row, "n"), count),
        "lost": written(Cell(question, row, "expected_lost"), count),
        "share": written(Cell(question, row), share),
        "risk": written(Cell(question, row, "value_at_risk"), _money(view)),
        "days": written(Cell(question, row, "horizon_days"), count),
    }
    method = escape(say(view.lang, f"watch.method.{row['method']}"))
    st.html(
        f'<div class="ch-summary">{say(view.lang, key, **told)}'
        f'<div class="ch-sub">{method}{_doubt(view)}</div></div>'
    )
    everyone = asked(view, "churn_probability", **{"per-customer": "true"})
    lists.link(view, (People(everyone),), "churn_probability")


def choices(view: View) -> None:
    """What the list is ranked by, whose it is, and how many a day can take."""
    with st.container(
        horizontal=True, key="watch-choices", vertical_alignment="bottom"
    ):
        state.widget(
            st.selectbox,
            say(view.lang, "rank.pick"),
            "rank",
            options=["", filters.RANKS[1]],
            format_func=lambda code: say(view.lang, f"rank.{code or filters.RANKS[0]}"),
        )
        state.widget(
            st.selectbox,
            say(view.lang, "owner.pick"),
            "owner",
            options=["", *reach.owners()],
            format_func=lambda code: code or say(view.lang, "owner.all"),
        )
        usual = queries.reader().settings.churn.capacity
        state.widget(
            st.selectbox,
            say(view.lang, "top.pick"),
            "top",
            options=["", *filters.TOPS],
            format_func=lambda code: say(view.lang, "top.n", n=code or usual),
        )


def table(view: View) -> None:
    """The customers of the day, the most worth a contact first."""
    question = listed(view)
    now: list[Row] = queries.answer(question).to_dicts()
    whole = actions.Listed.of(question)
    rows, tasks = actions.on_screen(now, actions.tasks(view, now))
    if not rows:
        st.html(cards.empty(say(view.lang, "watch.nobody")))
        return
    if desk.may_write():
        actions.bar(view, whole, rows, tasks)
    days = rows[0]["horizon_days"]
    names = {n: escape(say(view.lang, f"watch.col.{n}", days=days)) for n in COLUMNS}
    head = "".join(f'<th class="{_kind(n)}">{name}</th>' for n, name in names.items())
    body = "".join(
        _line(names, _cells(view, question, row, place) | _task(view, row, tasks))
        for place, row in enumerate(rows, 1)
    )
    st.html(
        f'<div class="ch-scroll ch-day" {stated(question)}><table class="ch-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    st.html(f'<div class="ch-sub">{_held(view, whole)}</div>')
    lists.files(view, People(question))


def listed(view: View) -> Question:
    """The question whose answer is the list as the reader picked it."""
    return asked(view, "watchlist", **_given("rank"), **_given("top"))


def asked(view: View, metric: str, **options: str) -> Question:
    """A question about the customers of the picked owner."""
    return view.ask(metric, **options, **_given("owner"))


def _given(name: str) -> dict[str, str]:
    held = str(state.chosen(name))
    return {name: held} if held else {}


def _money(view: View) -> Ink:
    return cards.ink_for(view, "revenue")


def _doubt(view: View) -> str:
    """Why there is no model, where there is none."""
    row = cards.first_row(view.ask("churn_model"))
    return (
        f" {escape(reason_text(view.lang, row['reason']))}" if row.get("reason") else ""
    )


def _kind(column: str) -> str:
    return "num" if column in NUMBERS else column


def _line(names: dict[str, str], cells: dict[str, str]) -> str:
    """A row; on a phone each cell says its column itself."""
    told = "".join(
        f'<td class="{_kind(name)}" data-label="{names[name]}">{cells[name]}</td>'
        for name in COLUMNS
    )
    return f"<tr>{told}</tr>"


def _cells(view: View, question: Question, row: Row, place: int) -> dict[str, str]:
    share, money = Ink(view.lang, "share"), _money(view)
    store = namer(view.lang, "store")(row["store"])
    tier = label_of(view.lang, row["tier"], "tier")
    customer = escape(row["customer_id"])
    address = escape(lists.LINK + quote(row["customer_id"], safe=""))
    link = f'<a href="{address}" target="_self">{customer}</a>'
    return {
        "customer": f'<b class="ch-id">{place} · {link}</b>'
        f'<div class="ch-sub">{escape(tier)} · {escape(store)}</div>',
        "chance": f"<b>{inside(Cell(question, row, 'churn_probability'), share)}</b>",
        "why": why(view, question, row),
        "last": _last(view, question, row),
        "at_risk": f"<b>{inside(Cell(question, row, 'value_at_risk'), money)}</b>",
        "saved": inside(Cell(question, row, "saved_margin"), money),
        "clv": inside(Cell(question, row, "clv"), money),
    }


def _task(view: View, row: Row, tasks: dict[str, Row]) -> dict[str, str]:
    """Who looks after the customer, how far that is, and until when."""
    task = tasks.get(row["customer_id"])
    if task is None:
        owner = row["owner"] or say(view.lang, "owner.none")
        return {"owner": f'<span class="ch-id">{escape(owner)}</span>'}
    owner = task["owner"] or say(view.lang, "owner.none")
    status = escape(label_of(view.lang, task["status"], "follow_up"))
    due = task["due_on"]
    late = due is not None and due < actions.today()
    kind = "bad" if late else "good" if task["status"] == "contacted" else "undecided"
    words = ""
    if due is not None:
        key = "watch.late" if late else "watch.due"
        words = say(view.lang, key, day=formats.short_day(view.lang, due))
    return {
        "owner": f'<span class="ch-id">{escape(owner)}</span>'
        f' <span class="ch-state {kind}">{status}</span>'
        f'<div class="ch-sub">{words}</div>'
    }


def _held(view: View, whole: actions.Listed) -> str:
    """How many of the list are not shown, as they are of the control group."""
    share = formats.value(
        view.lang, "share", queries.reader().settings.churn.control_share
    )
    held = whole.rows.filter("held_out").height
    return say(view.lang, "watch.held", n=held, share=share)


def _last(view: View, question: Question, row: Row) -> str:
    """The last purchase, how long ago, and how that compares with the own rhythm."""
    day = formats.short_day(view.lang, row["last_day"])
    count, ratio = Ink(view.lang, "count"), Ink(view.lang, "points")
    told = {
        "days": inside(Cell(question, row, "days_since_last"), count),
        "rhythm": inside(Cell(question, row, "rhythm_days"), count),
        "ratio": inside(Cell(question, row, "overdue_ratio"), ratio),
    }
    below = say(view.lang, "watch.rhythm", **told)
    return (
        f'<span class="ch-id ch-nowrap">{day}</span><div class="ch-sub">{below}</div>'
    )
