"""The audit: every write is an entry whose hash is over the entry before.

The hashes are keyed by the store's key, so that whoever can write to the database but
has not the key cannot make a chain that holds. After every commit the last entry is
also noted in `book.anchor` of the store: entries that are missing at the end are then
told from entries that never were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, select, update

from dashboard.book.tables import AUDIT, HEAD
from data.vault import Place, Vault

ANCHOR = "book.anchor"
LONGEST_WAIT = 2  # seconds
START = "0" * 32
FIELDS = (
    *("seq", "at", "who", "action", "kind", "record_id", "version"),
    *("before", "after", "snapshot"),
)


@dataclass(frozen=True)
class Head:
    """The last entry: how many there are, and its hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def held(connection: Connection) -> Head:
    """The last entry, held so that nobody else can add one meanwhile."""
    row = connection.execute(select(HEAD).with_for_update()).one()
    return Head(row.seq, row.hash)


def add(
    connection: Connection,
    vault: Vault,
    head: Head,
    entries: Sequence[Mapping[str, Any]],
) -> Head:
    """Add entries after the head; the new head."""
    rows = []
    for entry in entries:
        row = {**entry, "seq": head.seq + 1}
        head = Head(head.seq + 1, hash_of(vault, row, head.hash))
        rows.append({**row, "hash": head.hash})
    connection.execute(AUDIT.insert(), rows)
    connection.execute(update(HEAD).values(seq=head.seq, hash=head.hash))
    return head


def hash_of(vault: Vault, row: Mapping[str, Any], previous: str) -> str:
    """The hash of an entry that stands after the one with hash `previous`."""
    content = json.dumps([row[name] for name in FIELDS], ensure_ascii=False)
    return vault.digest(Place("audit", previous), content)


def digest(vault: Vault, row: Mapping[str, Any]) -> str:
    """What the audit says of a version: changes with any of its columns."""
    plain = {k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return vault.digest(Place("book", f"{row['record_id']}:{row['version']}"), text)


def entries(connection: Connection) -> Iterator[dict[str, Any]]:
    """All entries, in order of their numbers."""
    found = connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
    return (dict(row) for row in found.mappings())


def drop_anchor(store: Path, head: Head) -> None:
    """Note the last entry beside the book; a disk that is full costs only the note."""
    lock = FileLock(store / f".{ANCHOR}.lock", timeout=LONGEST_WAIT, mode=0o600)
    with suppress(OSError), lock:
        noted = anchor(store)
        if noted is None or noted.seq < head.seq:
            beside = store / f".{ANCHOR}.new"
            beside.write_text(f"{head}\n", encoding="ascii")
            beside.chmod(0o600)
            beside.replace(store / ANCHOR)


def anchor(store: Path) -> Head | None:
    """What was noted last; None where nothing was, or it cannot be read."""
    with suppress(OSError, ValueError):
        seq, _, said = (store / ANCHOR).read_text("ascii").strip().partition(":")
        return Head(int(seq), said)
    return None
