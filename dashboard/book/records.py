"""What a record is, who writes it, and which steps it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.errors import DashboardError, UsageError

FOLLOW_UP, CONTACT, CASE = "follow_up", "contact", "case"
LESSON = "lesson"
RECTIFICATION, WATCH = "rectification", "watch"
SERVED = "served"  # a snapshot that was let serve again
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
LONGEST = 4000  # characters of a text that a person writes

ENDED = ("closed", "withdrawn")
STEPS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        FOLLOW_UP: {
            "open": ("open", "assigned", "contacted", "snoozed", *ENDED),
            "assigned": ("open", "assigned", "contacted", "snoozed", *ENDED),
            "contacted": ("assigned", "contacted", "snoozed", *ENDED),
            "snoozed": ("open", "assigned", "contacted", "snoozed", *ENDED),
        },
        CONTACT: {"open": ("open", *ENDED), "closed": ("withdrawn",)},
        RECTIFICATION: {
            "open": ("open", "assigned", "closed"),
            "assigned": ("assigned", "closed"),
        },
        WATCH: {"armed": ("fallen",), "fallen": ("armed",)},
        CASE: {"open": ("open", "closed"), "closed": ()},
        LESSON: {"noted": ("withdrawn",)},
    }
)
"""Per kind, which status may follow which; none follows what is not named."""


class NotAllowedError(UsageError):
    """A step that a record may not take; `reason` names it for the page."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class ConflictError(DashboardError):
    """Somebody else has changed the record since it was read: both versions."""

    def __init__(self, yours: Record, theirs: Record) -> None:
        super().__init__(
            f"{theirs.written_by} has changed this entry meanwhile (version"
            f" {theirs.version}; you read {yours.version}). Nothing was saved; look at"
            " what it says now, and save again."
        )
        self.yours = yours
        self.theirs = theirs


@dataclass(frozen=True)
class Pen:
    """Who writes, for which request, looking at which snapshot.

    It is made from the session (`dashboard.desk.pen`), never from what a form holds.
    `request` is made once per form that is shown, so that a form sent twice is saved
    once.
    """

    who: str
    request: str
    snapshot: str
    timezone: str = "Asia/Shanghai"

    def day(self, at: datetime) -> date:
        """The business day of an instant."""
        return at.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True)
class Seen:
    """The record and version that a form was filled in from."""

    id: str
    version: int


@dataclass(frozen=True)
class Record:
    """One version of what somebody wrote.

    `subject` is the programme, the kind of contact, the metric or the ticket; `facts`
    are plain values, `words` are texts of people, encrypted at rest.
    """

    id: str
    kind: str
    subject: str
    status: str
    customer_id: str | None = None
    owner: str | None = None
    due_on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    version: int = 0
    created_by: str = ""
    created_at: str = ""
    written_by: str = ""
    written_at: str = ""

    @property
    def seen(self) -> Seen:
        """What an edit of this version carries."""
        return Seen(self.id, self.version)

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.status in ENDED


def check_step(before: Record, after: Record) -> None:
    """Refuse a status that may not follow.

    Errors: NotAllowedError.
    """
    allowed = STEPS[before.kind].get(before.status, ())
    if after.status not in allowed:
        raise NotAllowedError(
            "ended" if before.ended else "step",
            f"An entry that is {before.status} cannot become {after.status}.",
        )


def check_words(record: Record) -> None:
    """Refuse a text that is no note any more, and characters that no database keeps.

    Errors: NotAllowedError.
    """
    texts = (*record.words.values(), record.owner or "", record.subject)
    if any(len(text) > LONGEST for text in texts):
        raise NotAllowedError("long", f"A text is longer than {LONGEST} characters.")
    if any("\0" in text or _broken(text) for text in texts):
        raise NotAllowedError("character", "A text has a character that is none.")


def check_due(created: date, due: date | None) -> None:
    """Refuse a due date before the day on which the entry was made.

    Errors: NotAllowedError.
    """
    if due is not None and due < created:
        raise NotAllowedError(
            "due", f"It was made on {created}; it cannot be due before, on {due}."
        )


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
