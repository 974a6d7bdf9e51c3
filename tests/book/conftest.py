"""A book in a store of its own, and a clock that the test sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from dashboard.book import Book, Pen, place
from dashboard.book.place import BOOK, engine_of
from data.vault import Vault

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)  # noon in Shanghai
KEY = bytes(range(32))


@dataclass
class Clock:
    """The server's clock, set by the test."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **by: float) -> None:
        self.at += timedelta(**by)


Opener = Callable[[], Book]


def pen(who: str = "Li", request: str | None = None) -> Pen:
    return Pen(who, request or uuid4().hex, "7-abc")


def opened(store: Path, clock: Callable[[], datetime]) -> Book:
    return Book(store, engine_of(store), Vault(KEY), clock)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers of the test give up after a second."""
    monkeypatch.setattr(place, "PATIENCE", 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Book]:
    """A book on SQLite; `tests/databases` has the same on PostgreSQL."""
    monkeypatch.delenv(BOOK, raising=False)
    made = opened(tmp_path, clock)
    yield made
    made.engine.dispose()
