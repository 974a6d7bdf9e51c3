"""Why the last refresh published nothing, told in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dashboard import formats
from dashboard.words import TEXTS, say


@dataclass(frozen=True)
class Refusal:
    """What a refused refresh left word of; a lost word is an empty reason."""

    at: datetime | None = None
    reason: str = ""
    objections: tuple[Mapping[str, Any], ...] = ()


def last(store: Path) -> Refusal | None:
    """The refusal that no later refresh has put right, if there is one."""
    try:
        note = json.loads((store / "last_refused.json").read_text(encoding="utf-8"))
        return Refusal(
            at=datetime.fromisoformat(note["at"]).astimezone(UTC),
            reason=str(note["reason"]),
            objections=tuple(dict(each) for each in note.get("objections", ())),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return Refusal()


def reason(lang: str, refusal: Refusal) -> str:
    """All reasons in one text; what is no objection of the gate is told as it is."""
    told = [f"{name}{text}" for name, text in reasons(lang, refusal)]
    return say(lang, "list.semicolon").join(told)


def reasons(lang: str, refusal: Refusal) -> list[tuple[str, str]]:
    """Per reason the dimension in which the data fail, and what is wrong."""
    if not refusal.objections:
        return [("", refusal.reason)]
    return [_objection(lang, each) for each in refusal.objections]


def _objection(lang: str, each: Mapping[str, Any]) -> tuple[str, str]:
    name = TEXTS.get(f"quality.{each.get('dimension')}")
    bracket = say(lang, "refusal.dimension", name=say(lang, _key(each))) if name else ""
    try:
        facts = {k: _fact(lang, k, v) for k, v in each["facts"].items()}
        key = f"refusal.{each['rule']}"
        return bracket, say(lang, key, table=each["table"], **facts)
    except (LookupError, TypeError, ValueError, AttributeError):
        return bracket, str(each.get("message", ""))


def _key(each: Mapping[str, Any]) -> str:
    return f"quality.{each['dimension']}"


def _fact(lang: str, name: str, value: Any) -> str:
    """A figure of an objection, or the name of a column, as a reader writes it."""
    if name == "factor":
        return f"{value:.3g}"
    if isinstance(value, float):
        return formats.value(lang, "share", value)
    if isinstance(value, int):
        return formats.count(lang, value)
    if name in ("newest", "before") and value is not None:
        return formats.day(lang, date.fromisoformat(value))
    return formats.DASH if value is None else str(value)


def age(lang: str, since: datetime, now: datetime) -> str:
    """How long ago something was, in its largest unit."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return say(lang, "age.minutes", n=minutes)
    if minutes < 2 * 24 * 60:
        return say(lang, "age.hours", n=minutes // 60)
    return say(lang, "age.days", n=minutes // (24 * 60))
