"""The head of every page: its question, how fresh the data are, who is looking."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats, queries, state
from dashboard.numbers import Cell, Ink, written
from dashboard.question import Question
from dashboard.refusals import Refusal, age, reason
from dashboard.words import LANGUAGES, say

QUALITY = Path(__file__).resolve().parents[1] / "pages/data_quality.py"
MANY_REJECTED = 0.05  # of the rows of the last refresh
SPOKEN = {"zh": "中文", "en": "EN"}


def show(page: str, lang: str) -> None:
    """Title and question on the left, language on the right, warnings below."""
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="top",
        key="page-head",
    ):
        st.html(_title(page, lang), width="stretch")
        state.widget(
            st.segmented_control,
            say(lang, "language"),
            "lang",
            options=list(LANGUAGES),
            required=True,
            format_func=SPOKEN.__getitem__,
            label_visibility="collapsed",
        )
    _warnings(page, lang)


def _title(page: str, lang: str) -> str:
    name, question = say(lang, f"page.{page}"), say(lang, f"page.{page}.question")
    return (
        f'<div class="ch-page-title" role="heading" aria-level="1">{escape(name)}</div>'
        f'<div class="ch-question">{escape(question)}</div>'
        f'<div class="ch-meta">{_freshness(lang)}</div>'
    )


def _freshness(lang: str) -> str:
    fresh = queries.freshness()
    wrong = (fresh.refused, fresh.damaged) != (None, None)
    warn = " warn" if wrong or _is_stale(fresh) else ""
    at = formats.moment(lang, fresh.refreshed_at, fresh.timezone)
    parts = [
        f'<i class="ch-dot{warn}"></i>'
        + say(lang, "header.complete", day=formats.day(lang, fresh.as_of)),
        say(lang, "header.refreshed", at=at),
    ]
    question = Question("accepted_share")
    share = Cell(question, queries.answer(question).row(0, named=True))
    if share.number is not None:
        words = say(lang, "header.accepted", share=written(share, Ink(lang, "share")))
        parts.append(words)
    role = say(lang, f"role.{queries.viewer().role}")
    parts.append(say(lang, "header.role", role=role))
    return "".join(f"<span>{part}</span>" for part in parts)


def _is_stale(fresh: queries.Freshness) -> bool:
    return fresh.stale(datetime.now(ZoneInfo(fresh.timezone)))


def _warnings(page: str, lang: str) -> None:
    """What to know before any number is read, and the page that says more."""
    told = page == QUALITY.stem  # this page has a card for a refusal
    found = tuple(_notices(lang, queries.freshness(), refusal=not told))
    for text, kind in found:
        _notice(text, kind)
    if found and not told:
        label = say(lang, "header.more")
        st.page_link(QUALITY, label=label, icon=":material/arrow_forward:")


def _notices(
    lang: str, fresh: queries.Freshness, *, refusal: bool
) -> Iterator[tuple[str, str]]:
    if fresh.damaged is not None:
        yield say(lang, "header.damaged", reason=fresh.damaged), "bad"
    if fresh.refused is not None:
        if refusal:
            yield _refusal(lang, fresh, fresh.refused), "bad"
    elif _is_stale(fresh):
        yield say(lang, "header.stale", day=formats.day(lang, fresh.as_of)), ""
    share = queries.answer(Question("accepted_share"))["value"][0]
    if share is not None and 1 - share > MANY_REJECTED:
        text = formats.value(lang, "share", 1 - share)
        yield say(lang, "header.rejected", share=text), ""


def _refusal(lang: str, fresh: queries.Freshness, refused: Refusal) -> str:
    at = refused.at
    return say(
        lang,
        "header.refused",
        at=formats.moment(lang, at, fresh.timezone) if at else formats.DASH,
        age=age(lang, fresh.refreshed_at, datetime.now(UTC)),
        reason=reason(lang, refused),
    )


def _notice(text: str, kind: str) -> None:
    st.html(f'<div class="ch-notice {kind}" role="status">{escape(text)}</div>')
