"""Can today's numbers be trusted, what is broken, and what is to be done about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import cards, formats, queries, refusals
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Row, written
from dashboard.question import Question
from dashboard.words import say

QUALITY = Question("data_quality")
BY_TABLE = Question("data_quality", by="table")
COUNTS = Question("row_counts")
BEHIND = Question("days_behind", by="table")
ALIKE = Question("look_alikes")
LATE = {"orders": 2}  # days behind that are usual; other tables have quiet weeks
QUIET = 7
LOW = 0.95  # a share below is worth a word
MANY = 0.01  # of the rows kept, in quarantine
BAD, WATCH, NOTE = "bad", "watch", "note"
ICONS = {BAD: "✕", WATCH: "!", NOTE: "i"}


@dataclass(frozen=True)
class Task:
    """Something that needs doing: how much it matters, what it is, what to do."""

    weight: str
    text: str
    action: str


def verdict(view: View) -> None:
    """One sentence that says whether to trust, the facts, and what to do."""
    tasks = tuple(_tasks(view.lang))
    level, headline = _headline(view.lang, tasks)
    body = "".join(map(_line, tasks)) or (
        f'<div class="ch-sub">{escape(say(view.lang, "trust.nothing"))}</div>'
    )
    st.html(
        f'<div class="ch-summary {level}"><b>{escape(headline)}</b> '
        f'{_facts(view.lang)}</div><div class="ch-tasks">{body}</div>'
    )


def refusal(view: View) -> None:
    """Why the last refresh was refused; nothing where it was published."""
    fresh = queries.freshness()
    found = fresh.refused
    if found is None:
        return
    at = found.at
    sub = say(
        view.lang,
        "refusal.sub",
        at=formats.moment(view.lang, at, fresh.timezone) if at else formats.DASH,
        day=formats.moment(view.lang, fresh.refreshed_at, fresh.timezone),
    )
    with cards.card("refusal", say(view.lang, "refusal.title"), sub):
        lines = "".join(
            f'<div class="ch-change ch-sub"><b>{escape(name)}</b>{escape(text)}</div>'
            for name, text in refusals.reasons(view.lang, found)
        )
        st.html(f'<div class="ch-changes">{lines}</div>')


def _headline(lang: str, tasks: tuple[Task, ...]) -> tuple[str, str]:
    weights = [task.weight for task in tasks]
    if BAD in weights:
        return "below", say(lang, "trust.bad")
    count = weights.count(WATCH)
    if count > 1:
        many = say(lang, f"trust.n.{count if count < 4 else 'many'}")
        return "undecided", say(lang, "trust.watch", n=many)
    if count:
        return "undecided", say(lang, "trust.watch.one")
    return "above", say(lang, "trust.good")


def _facts(lang: str) -> str:
    """The last day, the accepted share and the mean of the dimensions."""
    accepted, total = Question("accepted_share"), QUALITY
    day = formats.day(lang, queries.freshness().as_of)
    return say(
        lang,
        "trust.facts",
        day=f'<span class="ch-id">{day}</span>',
        share=written(Cell(accepted, cards.first_row(accepted)), Ink(lang, "precise")),
        total=written(Cell(total, cards.first_row(total)), Ink(lang, "precise")),
    )


def _line(task: Task) -> str:
    return (
        f'<div class="ch-task {task.weight}"><i>{ICONS[task.weight]}</i>'
        f"<span>{task.text}</span><em>{escape(task.action)}</em></div>"
    )


def _tasks(lang: str) -> Iterator[Task]:
    """What needs doing, the worst first."""
    fresh = queries.freshness()
    if fresh.damaged is not None:
        yield _task(lang, BAD, "damaged")
    if fresh.refused is not None:
        yield _task(lang, BAD, "refused")
    late, low = list(_late(lang)), list(_low(lang))
    waiting, alike = list(_waiting(lang)), list(_alike(lang))
    found = [*late, *low, *waiting, *alike]
    yield from sorted(found, key=lambda task: task.weight != WATCH)


def _task(lang: str, weight: str, what: str, /, **values: str) -> Task:
    text = say(lang, f"todo.{what}", **values)
    return Task(weight, text, say(lang, f"todo.{what}.do"))


def _late(lang: str) -> Iterator[Task]:
    for row in queries.answer(BEHIND).drop_nulls("value").to_dicts():
        if row["value"] > LATE.get(row["segment"], QUIET):
            days = written(Cell(BEHIND, row), Ink(lang, "days"))
            yield _task(lang, WATCH, "behind", table=row["segment"], days=days)


def _low(lang: str) -> Iterator[Task]:
    """Tables that fail a dimension; how late they are is told in days."""
    for row in queries.answer(BY_TABLE).drop_nulls("value").to_dicts():
        late = row["dimension"] in ("total", "timeliness")
        if row["value"] < LOW and not late:
            yield _task(
                lang,
                WATCH,
                "low",
                table=row["segment"],
                name=say(lang, f"quality.{row['dimension']}"),
                share=written(Cell(BY_TABLE, row), Ink(lang, "precise")),
            )


def _waiting(lang: str) -> Iterator[Task]:
    row: Row = cards.first_row(COUNTS)
    if row["waiting"]:
        many = row["waiting"] > MANY * (row["held"] + row["waiting"])
        rows = written(Cell(COUNTS, row, "waiting"), Ink(lang, "count"))
        yield _task(lang, WATCH if many else NOTE, "waiting", n=rows)


def _alike(lang: str) -> Iterator[Task]:
    row = cards.first_row(ALIKE)
    if row["value"]:
        found = written(Cell(ALIKE, row), Ink(lang, "count"))
        yield _task(lang, NOTE, "alike", n=found)
