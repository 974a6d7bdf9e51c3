"""Where each row of the last refresh went, and the rows that wait in quarantine."""

import secrets
from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from dashboard import cards, queries
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, Listing, Row, inside, stated
from dashboard.question import Question
from dashboard.words import TEXTS, say
from data.errors import UnavailableError
from data.warehouse import rejects as quarantine

COLUMNS = ("rows_in", "accepted", "quarantined", "duplicates", "superseded", "released")
ALL, BY_TABLE = Question("row_counts"), Question("row_counts", by="table")
REJECTS = Listing("quarantine list", ("table", "file", "rule"))
MOST = 12
MIMES = {
    "csv": "text/csv",
    "ics": "text/calendar",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rows(view: View) -> None:
    """One row per table: rows in, and what became of them."""
    body = "".join(
        _tables(view.lang, question, queries.answer(question).to_dicts())
        for question in (BY_TABLE, ALL)
    )
    names = [say(view.lang, "strip.table")]
    names += [say(view.lang, f"fates.{name}") for name in (*COLUMNS, "waiting")]
    first, *others = map(escape, names)
    heads = "".join(f'<th class="num">{name}</th>' for name in others)
    st.html(
        '<div class="ch-scroll ch-tall"><table class="ch-table ch-sums"><thead><tr>'
        f"<th>{first}</th>{heads}</tr></thead>{body}</table></div>"
    )


def rejects(view: View) -> None:
    """Why rows wait, most first, with the remedy; and a file of each table's."""
    found = queries.waiting()
    if not found:
        title, below = (
            say(view.lang, f"rejects.{key}") for key in ("none", "none.sub")
        )
        st.html(cards.empty(title, below))
        return
    body = "".join(_reject(view.lang, row) for row in found[:MOST])
    if len(found) > MOST:
        more = escape(say(view.lang, "rejects.more", n=len(found) - MOST))
        body += f'<tr><td class="ch-sub" colspan="3">{more}</td></tr>'
    names = ("strip.table", "rejects.rule", "rejects.rows")
    table, rule, count = (escape(say(view.lang, name)) for name in names)
    st.html(
        f'<div class="ch-scroll ch-tall" {stated(REJECTS)}><table class="ch-table">'
        f"<thead><tr><th>{table}</th><th>{rule}</th>"
        f'<th class="num">{count}</th></tr></thead>{body}</table></div>'
    )
    _downloads(view.lang, sorted({row["table"] for row in found}))


def download(label: str, name: str, make: Callable[[], bytes], key: str) -> None:
    """A button whose file is made when it is clicked.

    The name has a nonce: Streamlit knows files by samples of their bytes and by name,
    and would give a reader another one's file of the same length.
    """
    stem, _, ending = name.rpartition(".")
    st.download_button(
        label,
        data=make,
        file_name=f"{stem}_{secrets.token_hex(4)}.{ending}",
        mime=MIMES[ending],
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def _tables(lang: str, question: Question, found: list[Row]) -> str:
    body = "".join(_fate(lang, question, row) for row in found)
    return f"<tbody {stated(question)}>{body}</tbody>"


def _fate(lang: str, question: Question, row: Row) -> str:
    total = question.by is None
    name = say(lang, "fates.all") if total else row["segment"]
    cells = "".join(
        f'<td class="num{"" if row[column] else " faint"}">'
        f"{inside(Cell(question, row, column), Ink(lang, 'count'))}</td>"
        for column in (*COLUMNS, "waiting")
    )
    mark = ' class="sum"' if total else ""
    return f'<tr{mark}><td class="name">{escape(name)}</td>{cells}</tr>'


def _reject(lang: str, row: dict[str, Any]) -> str:
    rule, remedy = row["rule"], row["remedy"]
    name = say(lang, f"rule.{rule}") if f"rule.{rule}" in TEXTS else rule
    advice = say(lang, f"remedy.{rule}") if f"remedy.{rule}" in TEXTS else remedy
    rows = inside(Cell(REJECTS, row, "rows"), Ink(lang, "count"))
    where = f'<span class="ch-id ch-sub">{escape(row["file"])}</span>'
    return (
        f'<tr><td class="name">{escape(row["table"])}<br>{where}</td>'
        f'<td>{escape(name)}<div class="ch-sub">{escape(advice)}</div></td>'
        f'<td class="num"><b>{rows}</b></td></tr>'
    )


def _downloads(lang: str, tables: list[str]) -> None:
    """A button per table; the rows hold personal fields, so rights and key decide."""
    rights = queries.viewer().rights
    if not (rights.export and rights.personal):
        st.html(f'<div class="ch-sub">{escape(say(lang, "rejects.hidden"))}</div>')
        return
    if not queries.has_key():
        st.html(f'<div class="ch-sub">{escape(say(lang, "rejects.key"))}</div>')
        return
    st.html(f'<div class="ch-sub">{escape(say(lang, "rejects.download.label"))}</div>')
    with st.container(horizontal=True, gap="small", key="reject-files"):
        for table in tables:
            download(table, f"{table}_rejected.csv", _rejected(table), f"file_{table}")


def _rejected(table: str) -> Callable[[], bytes]:
    snapshot = queries.reader().snapshot

    def make() -> bytes:
        try:
            return quarantine.as_csv(snapshot, table)
        except UnavailableError as error:  # the key went while the page was open
            return str(error).encode()

    return make
