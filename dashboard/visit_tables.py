"""What tiers were owed, what was done, and what is still to be done."""

from dataclasses import replace
from html import escape

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import cards, filters, formats, lists, queries, reach, state, visit_desk
from dashboard.campaign_numbers import rows_of
from dashboard.catalogue import find
from dashboard.filters import View
from dashboard.lists import People
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import label_of, reason_text, say

CUTS = ("duty_tier", "kind", "period", "owner", "store", "region")
DONE = ("met", "missed")
RUNNING = ("due", "met", "left")
MANY = 40
FIRST = "200"
COUNTED = {"overdue": "visit_compliance", "coming": "visit_progress"}
"""The metric that counts the rows of a list."""

SHOWN = (
    *("customer_id", "kind", "due_on", "days_left", "due", "done", "duty_tier"),
    *("owner", "store", "region", "last_on"),
)
WORDS = {"kind": "contact_kind", "duty_tier": "tier"}


def current() -> View:
    """The reader's view, as of the last day: the one for which visits are told."""
    chosen = filters.current()
    if chosen.as_of is not None:
        text = escape(say(chosen.lang, "visits.last_day"))
        st.html(f'<div class="ch-notice" role="status">{text}</div>')
    return replace(chosen, as_of=None)


def summary(view: View) -> None:
    """How much was done of what was owed, what is overdue, and what is left."""
    ended, running = view.ask("visit_compliance"), view.ask("visit_progress")
    rows = rows_of(view, ended)
    if not rows:
        return
    row, now = rows[0], cards.first_row(running)
    if row["value"] is None:
        why = reason_text(view.lang, row["reason"])
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    count, share = Ink(view.lang, "count"), Ink(view.lang, "share")
    words = say(
        view.lang,
        "visits.summary",
        share=written(Cell(ended, row), share),
        low=written(Cell(ended, row, "ci_low"), share),
        high=written(Cell(ended, row, "ci_high"), share),
        due=written(Cell(ended, row, "n"), count),
        overdue=written(Cell(ended, row, "missed"), count),
        left=written(Cell(running, now, "left"), count),
        done=written(Cell(running, now, "share"), share),
    )
    st.html(f'<div class="ch-summary undecided">{words}</div>')


def compared(view: View) -> None:
    """Compliance and the running periods side by side, by what the reader picks."""
    labels = [say(view.lang, f"by.{cut}") for cut in CUTS]
    cut = filters.pick(view, "cut", CUTS, labels)
    both = ended, running = (
        view.ask("visit_compliance", by=cut),
        view.ask("visit_progress", by=cut),
    )
    if not rows_of(view, ended):
        return
    done, now = (
        {row["segment"]: row for row in queries.answer(each).to_dicts()}
        for each in both
    )
    names = sorted({*done, *now}, key=lambda n: _rank(done.get(n), now.get(n)))
    name = namer(view.lang, WORDS.get(cut, cut))
    body = "".join(
        f'<tr><td class="name">{escape(name(each))}</td>'
        f"{_ended(view, ended, done.get(each))}"
        f"{_running(view, running, now.get(each))}</tr>"
        for each in names[:MANY]
    )
    more = _more(view, len(names) - MANY)
    st.html(framed(ended, _head(view, cut) + body + more))


def _head(view: View, cut: str) -> str:
    columns = ("compliance", *DONE, *(f"now_{name}" for name in RUNNING))
    told = [say(view.lang, f"visits.col.{name}") for name in columns]
    return head_row([say(view.lang, f"by.{cut}"), *told], words=1)


def _more(view: View, count: int) -> str:
    if count <= 0:
        return ""
    words = escape(say(view.lang, "visits.more", n=count))
    return f'<tr><td class="faint" colspan="7">{words}</td></tr>'


def _rank(done: Row | None, now: Row | None) -> tuple[int, int]:
    """Where most was missed, then where most is left, comes first."""
    return -(done or {}).get("missed", 0), -(now or {}).get("left", 0)


def _ended(view: View, question: Question, row: Row | None) -> str:
    if row is None or row["value"] is None:
        return '<td class="num faint">–</td>' * (1 + len(DONE))
    share, count = Ink(view.lang, "share"), Ink(view.lang, "count")
    low, high = (
        inside(Cell(question, row, name), share) for name in ("ci_low", "ci_high")
    )
    bounds = say(view.lang, "campaigns.range", low=low, high=high)
    thin = " faint" if cards.is_thin(row) else ""
    return (
        f'<td class="num{thin}"><b>{inside(Cell(question, row), share)}</b><br>'
        f'<span class="ch-sub ch-nowrap">{bounds}</span></td>'
        + "".join(
            f'<td class="num">{inside(Cell(question, row, name), count)}</td>'
            for name in DONE
        )
    )


def _running(view: View, question: Question, row: Row | None) -> str:
    if row is None:
        return '<td class="num faint">–</td>' * len(RUNNING)
    count = Ink(view.lang, "count")
    return "".join(
        f'<td class="num">{written(Cell(question, row, name), count)}</td>'
        for name in RUNNING
    )


def owed(view: View) -> None:
    """The contacts still owed: which, to whom, by when; files and a calendar."""
    labels = [say(view.lang, f"duties_show.{name}") for name in filters.DUTIES]
    show = filters.pick(view, "duties_show", filters.DUTIES, labels)
    state.widget(
        st.selectbox,
        say(view.lang, "visit_owner.pick"),
        "visit_owner",
        options=["", *reach.visit_owners()],
        format_func=lambda code: code or say(view.lang, "visit_owner.all"),
        width=260,
    )
    owner = str(state.chosen("visit_owner"))
    options = {"owner": owner} if owner else {}
    first = queries.answer(view.ask("visit_list", show=show, top=FIRST, **options))
    if "due_on" not in first.columns:
        why = reason_text(view.lang, first["reason"][0])
        st.html(cards.empty(say(view.lang, "empty.title"), why))
        return
    count = _count(view, COUNTED[show], owner)
    _listed(view, show, count, first)
    if count:
        question = view.ask("visit_list", show=show, **options)
        lists.files(view, People(question), count)
        if show == "coming":
            visit_desk.calendar_file(view, question)


def _listed(view: View, show: str, count: int, first: pl.DataFrame) -> None:
    """How many there are, and the first of them."""
    name = say(view.lang, f"duties_show.{show}")
    told = say(view.lang, "duties.count", name=name, n=formats.count(view.lang, count))
    if count > first.height:
        told += say(view.lang, "duties.first", n=first.height)
    st.caption(told)
    if not count:
        return
    worded = _worded(view.lang, first)
    lists.first_rows(view, "duties", worded, _columns(view.lang))


def _count(view: View, metric: str, owner: str) -> int:
    """How many rows a list has: of everybody's, or of one owner's."""
    rows = queries.answer(view.ask(metric, by="owner" if owner else None)).to_dicts()
    mine = [row for row in rows if not owner or row["segment"] == owner]
    return int(sum(row["listed"] for row in mine))


def _worded(lang: str, rows: pl.DataFrame) -> pl.DataFrame:
    names = {"kind": "contact_kind", "duty_tier": "tier"} | {
        name: name for name in ("owner", "store", "region")
    }
    return rows.with_columns(
        pl.col(name).replace_strict(
            {value: namer(lang, words)(value) for value in rows[name].unique()},
            return_dtype=pl.String,
        )
        for name, words in names.items()
    ).select(SHOWN)


def _columns(lang: str) -> dict[str, ColumnConfig]:
    found: dict[str, ColumnConfig] = {}
    for name in SHOWN:
        title = say(lang, f"duties.col.{name}")
        if name.endswith("_on"):
            found[name] = st.column_config.DateColumn(title, format="YYYY-MM-DD")
        else:
            found[name] = st.column_config.Column(title)
    return found


def titles(view: View) -> tuple[str, str]:
    """The title of the page's first card, and what tiers are owed."""
    settings = queries.reader().settings
    duties = [
        say(
            view.lang,
            "visits.duty",
            tier=label_of(view.lang, rule.name, "tier"),
            what=say(view.lang, "list.comma").join(
                say(
                    view.lang,
                    "visits.times",
                    kind=label_of(view.lang, kind, "contact_kind"),
                    n=times,
                )
                for kind, times in rule.care.items()
            ),
        )
        for rule in settings.tiers[settings.visits.scheme]
        if rule.care
    ]
    told = say(view.lang, "list.semicolon").join(duties)
    window = cards.window_words(view, find("visit_compliance"))
    sub = say(view.lang, "visits.sub", duties=told, window=window)
    return say(view.lang, "visits.title"), sub
