"""The book on PostgreSQL: everything that holds of it on SQLite, and its address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.book import Book, follow_ups
from dashboard.book.place import BOOK
from data.errors import UnavailableError, UsageError
from tests.book.conftest import Clock, clock, hurry, opened
from tests.book.test_laws import *  # noqa: F403 the same tests
from tests.databases.servers import PASSWORD, READER, Server

__all__ = ["clock", "hurry"]
pytestmark = pytest.mark.database


@pytest.fixture
def book(
    postgresql: Server, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Book]:
    """An empty book on a server."""
    postgresql.clear()
    address = f"{postgresql.owner}@127.0.0.1:{postgresql.port}/shop"
    monkeypatch.setenv(BOOK, f"postgresql://{address}")
    made = opened(tmp_path, clock)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("port", [None, 1], ids=["wrong password", "no server"])
def test_the_password_is_in_no_message(
    postgresql: Server, tmp_path: Path, clock: Clock, monkeypatch, port: int | None
) -> None:
    where = f"127.0.0.1:{port or postgresql.port}/shop"
    monkeypatch.setenv(BOOK, f"postgresql://{READER}:wrong-{PASSWORD}@{where}")
    made = opened(tmp_path, clock)
    with pytest.raises(UnavailableError, match="cannot be reached") as refused:
        follow_ups.listed(made)
    assert PASSWORD not in str(refused.value)
    assert refused.value.__cause__ is None
    assert not re.search("127.0.0.1|reader", str(refused.value))
    made.engine.dispose()


def test_an_address_of_something_else_is_refused_unseen(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (
        f"mysql://a:{PASSWORD}@b/c",
        PASSWORD,
        f"postgresql://{PASSWORD}:x:y",
    ):
        monkeypatch.setenv(BOOK, address)
        with pytest.raises(UsageError, match=BOOK) as refused:
            opened(tmp_path, clock)
        assert PASSWORD not in str(refused.value)
