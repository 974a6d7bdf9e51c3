"""Due dates as a calendar: what RFC 5545 asks of its lines, days and texts."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.agenda import Event, calendar, escaped, folded

AT = datetime(2026, 11, 2, 4, 5, 6, tzinfo=UTC)
EVENT = Event("visit-1@customer-health", date(2026, 12, 31), "上门 C1（钻石）", "a;b,c")


def written(*events: Event) -> bytes:
    return calendar("客户拜访", events, who="Li", at=AT)


def test_lines_end_with_crlf_and_have_at_most_75_octets() -> None:
    long = Event("x@y", date(2026, 1, 1), "拜访" * 60, "说明, " * 80)
    data = written(EVENT, long)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_a_folded_line_unfolds_to_itself_and_breaks_no_character(text: str) -> None:
    pieces = folded(text).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert folded(text).replace("\r\n ", "") == text


def test_an_event_lasts_its_whole_day_and_ends_the_day_after() -> None:
    lines = written(EVENT).decode().split("\r\n")
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20261102T040506Z" in lines
    assert "UID:visit-1@customer-health" in lines
    assert lines.index("VERSION:2.0") == 1


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthreefour"),
        ("bell\a", "bell"),
    ],
)
def test_marks_that_would_end_a_value_are_escaped(text: str, right: str) -> None:
    assert escaped(text) == right


def test_a_text_cannot_begin_another_property() -> None:
    hostile = Event("x", date(2026, 1, 1), "a\r\nATTENDEE:mailto:x@y")
    assert b"\r\nATTENDEE" not in written(hostile)


def test_the_same_duty_has_the_same_name_whenever_it_is_exported() -> None:
    one, two = (
        calendar("x", [EVENT], who="Li", at=AT.replace(hour=hour)) for hour in (1, 2)
    )
    assert one != two
    assert [line for line in one.split(b"\r\n") if line.startswith(b"UID")] == [
        line for line in two.split(b"\r\n") if line.startswith(b"UID")
    ]
