"""Due dates as a calendar file: all-day events by RFC 5545."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LIMIT = 75  # octets of a line without its end (RFC 5545, 3.1)
PRODUCT = "-//Customer Health//Visits//EN"
ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\r\n": "\\n", "\n": "\\n", "\r": ""}


@dataclass(frozen=True)
class Event:
    """One thing to do by a day; `uid` stays when it is exported again."""

    uid: str
    on: date
    summary: str
    description: str = ""


def calendar(name: str, events: Iterable[Event], *, who: str, at: datetime) -> bytes:
    """The events as a calendar file, stamped with who exported it and when.

    Source: RFC 5545 (iCalendar): lines end with CRLF and are folded at 75 octets; an
    all-day event ends, exclusively, on the day after.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-EXPORTED-BY:{escaped(who)}",
        *(line for event in events for line in _event(event, at)),
        "END:VCALENDAR",
    )
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _event(event: Event, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value: what would end it or the line gets a backslash."""
    for mark, instead in ESCAPED.items():
        text = text.replace(mark, instead)
    return "".join(each for each in text if each >= " " or each == "\t")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never within a character."""
    pieces, piece, size = [], "", 0
    for each in line:
        length = len(each.encode())
        if size + length > LIMIT:
            pieces.append(piece)
            piece, size = "", 1  # the blank that a further piece begins with
        piece, size = piece + each, size + length
    return "\r\n ".join([*pieces, piece])
