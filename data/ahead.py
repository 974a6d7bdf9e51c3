"""Doing two things at a time: the next item is made while the last one is in use."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
END: Final = object()


def ahead(items: Generator[Item, None, None]) -> Iterator[Item]:
    """The same items in the same order, one of them ahead of its use.

    An error comes in the place of its item. Whoever stops early ends the making too.
    """
    with ThreadPoolExecutor(1, "ahead") as maker:  # one: it starts and ends processes
        coming = maker.submit(next, items, END)
        try:
            while (item := coming.result()) is not END:
                coming = maker.submit(next, items, END)
                yield item  # type: ignore[misc] # END is no item
        finally:
            maker.submit(items.close)
