"""Numbers of the page Service & complaints: tiles, desks compared, the closed loop."""

from html import escape

import streamlit as st

from dashboard import cards, charts, filters, queries
from dashboard.campaign_numbers import rows_of
from dashboard.catalogue import find
from dashboard.filters import View
from dashboard.naming import namer
from dashboard.numbers import Cell, Ink, Row, inside, written
from dashboard.question import Question
from dashboard.tier_tables import framed, head_row
from dashboard.words import label, reason_text, say

TILES = (
    *("first_response_time", "resolution_time", "response_sla"),
    *("resolution_sla", "reopen_rate", "ticket_satisfaction"),
)
TIMES = ("first_response_time", "resolution_time")
COMPARED = (
    *("first_response_time", "resolution_time", "response_sla", "resolution_sla"),
    *("resolution_rate", "reopen_rate", "ticket_satisfaction"),
)
CUTS = ("team", "agent", "channel", "kind", "store", "region", "tier")
STEPS = (
    ("value", "count"),
    ("waiting", "count"),
    ("breached", "count"),
    ("median_hours", "hours"),
    ("oldest_hours", "hours"),
    ("taken_hours", "hours"),
    ("limit_hours", "hours"),
)
TRENDS = ("tickets", *COMPARED)
MANY = 40  # rows of a comparison


def tiles(view: View) -> None:
    """The headline numbers of the window, each with its interval and base."""
    st.html(f'<div class="ch-tiles">{"".join(_tile(view, m) for m in TILES)}</div>')


def _tile(view: View, metric: str) -> str:
    question, found = view.ask(metric), find(metric)
    row, ink = cards.first_row(question), cards.ink_for(view, metric)
    head = (
        f'<div class="ch-kpi-head"><b>{escape(label(view.lang, found))}</b>'
        f"{cards.definition_mark(view, metric)}</div>"
    )
    return f'<div class="ch-tile">{head}{_told(view, question, row, ink)}</div>'


def _told(view: View, question: Question, row: Row, ink: Ink) -> str:
    if row.get("value") is None:
        why = escape(reason_text(view.lang, row.get("reason")))
        return (
            f'<div class="ch-value ch-small-n">–</div><div class="ch-sub">{why}</div>'
        )
    unit = escape(say(view.lang, f"unit.{ink.unit}"))
    value = written(Cell(question, row), ink)
    base = cards.interval(view.lang, question, row, ink)
    return (
        f'<div class="ch-value">{value}<small class="ch-id">{unit}</small></div>'
        f'<div class="ch-interval">{base}</div>{_times(view, question, row, ink)}'
    )


def _times(view: View, question: Question, row: Row, ink: Ink) -> str:
    """The 90th percentile, and both on the desk's own clock."""
    if question.metric not in TIMES:
        return ""
    names = {"hours": "p90", "median": "business_median", "p90": "business_p90"}
    told = {key: written(Cell(question, row, name), ink) for key, name in names.items()}
    first = (
        say(view.lang, "tile.p90", hours=told["hours"])
        if row["p90"] is not None
        else escape(reason_text(view.lang, row["p90_reason"]))
    )
    second = say(view.lang, "tile.business", **told)
    return f'<div class="ch-sub">{first}</div><div class="ch-sub">{second}</div>'


def desks(view: View) -> None:
    """Teams, agents or channels side by side: volume, breaches, times, promises."""
    labels = [say(view.lang, f"by.{cut}") for cut in CUTS]
    cut = filters.pick(view, "cut", CUTS, labels)
    question = view.ask("tickets", by=cut)
    rows = rows_of(view, question)
    if not rows:
        return
    rows = sorted(rows, key=lambda row: -row["value"])[:MANY]
    others = {name: _by_segment(view.ask(name, by=cut)) for name in COMPARED}
    open_now = _by_segment(view.ask("open_tickets", by=cut))
    names = ("tickets", "breached", *COMPARED)
    head = head_row(
        [say(view.lang, f"by.{cut}")]
        + [say(view.lang, f"desks.col.{name}") for name in names],
        words=1,
    )
    name = namer(view.lang, cut)
    body = "".join(
        f'<tr><td class="name">{escape(name(row["segment"]))}</td>'
        f'<td class="num">{inside(Cell(question, row), Ink(view.lang, "count"))}</td>'
        + _breached(view, cut, open_now.get(row["segment"]))
        + "".join(
            _measured(view, metric, cut, others[metric].get(row["segment"]))
            for metric in COMPARED
        )
        + "</tr>"
        for row in rows
    )
    st.html(framed(question, head + body))


def _by_segment(question: Question) -> dict[str, Row]:
    return {row["segment"]: row for row in queries.answer(question).to_dicts()}


def _breached(view: View, cut: str, row: Row | None) -> str:
    if row is None:
        return '<td class="num faint">0</td>'
    question = view.ask("open_tickets", by=cut)
    number = written(Cell(question, row, "breached"), Ink(view.lang, "count"))
    return f'<td class="num"><b>{number}</b></td>'


def _measured(view: View, metric: str, cut: str, row: Row | None) -> str:
    if row is None or row.get("value") is None:
        return '<td class="num faint">–</td>'
    question, ink = view.ask(metric, by=cut), cards.ink_for(view, metric)
    thin = " faint" if cards.is_thin(row) else ""
    more = ""
    if metric in TIMES:
        most = written(Cell(question, row, "p90"), ink)
        more = f'<br><span class="ch-sub">{most}</span>'
    return f'<td class="num{thin}">{written(Cell(question, row), ink)}{more}</td>'


def loop(view: View) -> None:
    """The eight steps: how many came so far, who stands there, for how long."""
    question = view.ask("complaint_loop")
    rows = rows_of(view, question)
    names = ("step", *(name for name, _ in STEPS))
    head = head_row([say(view.lang, f"loop.col.{name}") for name in names], words=1)
    body = "".join(_step(view, question, row) for row in rows)
    if rows:
        st.html(framed(question, head + body))


def _step(view: View, question: Question, row: Row) -> str:
    name = escape(say(view.lang, f"step.{row['segment']}"))
    if row["reason"]:
        why = escape(reason_text(view.lang, row["reason"]))
        rest = f'<td class="faint" colspan="{len(STEPS)}">{why}</td>'
        return f"<tr><td>{name}</td>{rest}</tr>"
    cells = "".join(_cell(view, question, row, each) for each in STEPS)
    return f'<tr><td class="name">{name}</td>{cells}</tr>'


def _cell(view: View, question: Question, row: Row, told: tuple[str, str]) -> str:
    name, unit = told
    number = inside(Cell(question, row, name), Ink(view.lang, unit))
    if name == "breached" and row[name]:
        number = f'<span class="ch-state bad">{number}</span>'
    if name == "value":
        share = inside(Cell(question, row, "share"), Ink(view.lang, "share"))
        number += f' <span class="ch-sub">{share}</span>'
    return f'<td class="num">{number}</td>'


def desk_titles(view: View) -> tuple[str, str]:
    """The title of the comparison, and how it is read."""
    least = queries.reader().settings.min_n
    below = say(view.lang, "desks.sub", least=least)
    window = cards.window_words(view, find("tickets"))
    return say(view.lang, "desks.title"), f"{below} · {window}"


def trend(view: View) -> None:
    """The metric that the reader picked, by the month in which tickets were opened."""
    labels = [label(view.lang, find(name)) for name in TRENDS]
    charts.monthly(view, filters.pick(view, "service_trend", TRENDS, labels))


def pareto(view: View) -> None:
    """Complaints by type or cause: the figure, and what each one did."""
    labels = [say(view.lang, f"by.{cut}") for cut in filters.PARETO]
    by = filters.pick(view, "pareto_by", filters.PARETO, labels)
    charts.pareto(view, by)
    question = view.ask("complaint_pareto", by=by)
    again = view.ask("complaint_recurrence", by=by)
    rows = queries.answer(question).to_dicts()
    if not rows or "share_so_far" not in rows[0]:
        return
    recurring, name = _by_segment(again), namer(view.lang, by)
    columns = ("value", "share", "change", "recurring")
    head = head_row(
        [say(view.lang, f"by.{by}")]
        + [say(view.lang, f"pareto.col.{column}") for column in columns],
        words=1,
    )
    body = "".join(
        f'<tr><td class="name">{escape(name(row["segment"]))}</td>'
        f"{_complaints(view, question, row)}"
        f"{_measured(view, 'complaint_recurrence', by, recurring.get(row['segment']))}"
        "</tr>"
        for row in rows
    )
    st.html(framed(question, head + body))


def _complaints(view: View, question: Question, row: Row) -> str:
    count, share = Ink(view.lang, "count"), Ink(view.lang, "share")
    told = (
        inside(Cell(question, row), count),
        inside(Cell(question, row, "share"), share),
        inside(Cell(question, row, "change"), count, "change"),
    )
    return "".join(f'<td class="num">{each}</td>' for each in told)


def mix(view: View) -> None:
    """Tickets by channel and by kind: how many, which share, complaints among them."""
    for cut in ("channel", "kind"):
        question = view.ask("tickets", by=cut)
        rows = queries.answer(question).to_dicts()
        if rows and "share" in rows[0]:
            st.html(_mixed(view, question, sorted(rows, key=lambda r: -r["value"])))


def _mixed(view: View, question: Question, rows: list[Row]) -> str:
    cut = question.by or ""
    name = namer(view.lang, cut)
    columns = ("desks.col.tickets", "mix.col.share", "mix.col.complaints")
    head = head_row(
        [say(view.lang, f"by.{cut}"), *(say(view.lang, each) for each in columns)],
        words=1,
    )
    body = "".join(
        f'<tr><td class="name">{escape(name(row["segment"]))}</td>'
        f"{_shares(view, question, row)}</tr>"
        for row in rows
    )
    return framed(question, head + body)


def _shares(view: View, question: Question, row: Row) -> str:
    units = {"value": "count", "share": "share", "complaints": "count"}
    told = (
        inside(Cell(question, row, name), Ink(view.lang, unit))
        for name, unit in units.items()
    )
    return "".join(f'<td class="num">{each}</td>' for each in told)
