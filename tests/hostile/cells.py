"""Cells whose meaning is known before they are written: the oracle never reads one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cell:
    """What stands in a file, what it means, and the rules that it breaks by itself.

    Where the contract leaves open which of several rules is told, all are there.
    """

    text: str
    value: object = None
    rules: frozenset[str] = NOTHING

    @property
    def sound(self) -> bool:
        return not self.rules


@dataclass(frozen=True)
class Manners:
    """What the settings say about how a table's cells are written."""

    now: datetime  # UTC, without zone
    business: ZoneInfo
    naive: ZoneInfo
    date_format: str | None = None
    comma: bool = False  # the decimal sign
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pen:
    """Who writes cells: chance, the table's manners, when, and a column's habits."""

    rng: Random
    manners: Manners
    seasons: Sequence[datetime]
    habits: dict[str, str] = field(default_factory=dict)

    def odds(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, choices: Sequence[str]) -> str:
        return self.rng.choice(choices)


def broken(text: str, *rules: str) -> Cell:
    """A cell that means nothing."""
    return Cell(text, None, frozenset(rules))
