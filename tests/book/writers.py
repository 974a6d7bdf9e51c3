"""Processes that write in one book at once, and one that is killed while it does.

`python -m tests.book.writers update STORE RECORD TIMES` edits a record so often, from
the version that it last read; `insert STORE NAME TIMES` makes follow-ups; `die STORE
ROUNDS` is killed in every round, while it writes. Each prints one JSON line.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from dashboard.book import Book, ConflictError, follow_ups
from dashboard.book.follow_ups import Task
from tests.book.conftest import opened, pen

TASK = Task("visit", "Wang", None, note="what was said")
PAUSE = 0.05  # seconds at most between two tries
MOMENT = 0.015  # seconds at most from the last word to the kill


def clock() -> datetime:
    return datetime.now(UTC)


def update(store: str, record: str, times: str) -> dict[str, int]:
    book, done, conflicts = opened(Path(store), clock), 0, 0
    chance = random.Random(os.getpid())
    while done < int(times):
        held = book.record(record)
        try:
            follow_ups.reassign(book, pen(str(os.getpid())), held.seen, "Wang", None)
            done += 1
        except ConflictError:
            conflicts += 1
            time.sleep(chance.random() * PAUSE)
    return {"done": done, "conflicts": conflicts}


def insert(store: str, name: str, times: str) -> dict[str, int]:
    book = opened(Path(store), clock)
    for number in range(int(times)):
        follow_ups.assign(book, pen(name), [f"{name}-{number}"], TASK)
    return {"done": int(times)}


def die(store: str, rounds: str) -> dict[str, list[int]]:
    """Per round, how many follow-ups the writer said were saved before its death."""
    chance = random.Random(7)
    book = opened(Path(store), clock)
    follow_ups.assign(book, pen("Li"), ["warm"], TASK)
    book.engine.dispose()  # what is opened is no child's
    told = [_round(book, number, chance) for number in range(int(rounds))]
    return {"acknowledged": told}


def _round(book: Book, number: int, chance: random.Random) -> int:
    """Kill a writer a moment after it said so often that it saved; how often it did."""
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        _write(book, number, says)
    os.close(says)
    heard = 0
    for _ in range(chance.randrange(4)):
        heard += len(os.read(hears, 1))
    time.sleep(chance.random() * MOMENT)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(hears, 4096):
        heard += len(more)
    os.close(hears)
    return heard


def _write(book: Book, number: int, says: int) -> None:
    place = 0
    while True:
        name = f"r{number}-{place}"
        follow_ups.assign(book, pen("Li", name), [name], TASK)
        os.write(says, b"\n")
        place += 1


if __name__ == "__main__":
    act = {"update": update, "insert": insert, "die": die}[sys.argv[1]]
    print(json.dumps(act(*sys.argv[2:])))  # noqa: T201
