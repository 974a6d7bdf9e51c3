"""The next item is made while the last is in use, and nothing else changes."""

import threading
from collections.abc import Generator

import pytest

from data.ahead import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(each for each in range(100))) == list(range(100))
    assert list(ahead(each for each in ())) == []


def test_an_error_comes_after_the_items_before_it() -> None:
    def made() -> Generator[int, None, None]:
        yield from (1, 2)
        raise ValueError("third")

    items = ahead(made())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="third"):
        next(items)


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    begun = threading.Event()

    def made() -> Generator[int, None, None]:
        yield 1
        begun.set()
        yield 2

    items = ahead(made())
    assert next(items) == 1
    assert begun.wait(timeout=60)
    assert list(items) == [2]


def test_whoever_stops_early_ends_the_making_where_it_began() -> None:
    places = []

    def made() -> Generator[int, None, None]:
        places.append(threading.current_thread())
        try:
            while True:
                yield 1
        finally:
            places.append(threading.current_thread())

    for _ in ahead(made()):
        break
    first, last = places
    assert first is last
    assert not first.is_alive()
