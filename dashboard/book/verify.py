"""Whether the book is what was written: the audit's chain, and every row against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from dashboard.book import chain, control, place
from dashboard.book.chain import Head
from dashboard.book.ledger import Book
from dashboard.book.tables import EPISODES, HEAD, RECORDS, VERSIONS

Key = tuple[str, int]


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written, and where."""

    rule: str
    at: str

    def __str__(self) -> str:
        return f"{RULES[self.rule]} ({self.at})"


@dataclass(frozen=True)
class Verdict:
    """What was looked at, the last entry, and what was found."""

    entries: int
    records: int
    head: Head
    findings: tuple[Finding, ...]


RULES = {
    "entry_altered": "an entry of the audit was altered, or one before it",
    "entry_missing": "entries of the audit were removed, added or reordered",
    "end_missing": "the last entries of the audit were removed",
    "no_anchor": "book.anchor is missing, so that removed last entries cannot be told",
    "noted_missing": "the entry that was noted elsewhere is not in the audit",
    "row_altered": "a version of a record is not what was written",
    "row_missing": "a version of a record was removed",
    "row_added": "a version of a record was added past the audit",
    "record_moved": "a record does not stand at its last version",
}


@dataclass
class Walk:
    """The audit, read from its first entry to its last."""

    book: Book
    last: Head = field(default_factory=lambda: Head(0, chain.START))
    told: dict[Key, str] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)

    def through(self, connection: Connection) -> Iterator[Finding]:
        """Follow the chain; after a break, go on from what stands there."""
        for row in chain.entries(connection):
            if row["seq"] != self.last.seq + 1:
                yield Finding("entry_missing", f"before entry {row['seq']}")
            elif chain.hash_of(self.book.vault, row, self.last.hash) != row["hash"]:
                yield Finding("entry_altered", f"entry {row['seq']}")
            self.last = Head(row["seq"], row["hash"])
            self.hashes[row["seq"]] = row["hash"]
            self.told[row["record_id"], row["version"]] = row["after"]

    def has(self, noted: Head) -> bool:
        """Whether an entry that was noted is still there, with the same hash."""
        return noted.seq == 0 or self.hashes.get(noted.seq) == noted.hash


def verify(book: Book, noted: Head | None = None) -> Verdict:
    """Read the whole book and compare it with its audit.

    `noted` is a head that an earlier verification printed: it must still be there.

    Errors: UnavailableError when the book cannot be read.
    """
    if not book.exists():
        return Verdict(0, 0, Head(0, chain.START), tuple(_none(book, noted)))
    walk = Walk(book)
    with place.reading(book.engine) as connection:
        found = list(walk.through(connection))
        found += _ends(book, walk, connection, noted)
        found += _rows(book, walk, connection)
        found += _standing(connection)
    records = len({record for record, _ in walk.told})
    return Verdict(len(walk.hashes), records, walk.last, tuple(found))


def _none(book: Book, noted: Head | None) -> Iterator[Finding]:
    """No book is as it should be, unless one was noted."""
    for head in (chain.anchor(book.store), noted):
        if head is not None and head.seq:
            yield Finding("end_missing", f"entry {head.seq} was written")


def _ends(
    book: Book, walk: Walk, connection: Connection, noted: Head | None
) -> Iterator[Finding]:
    row = connection.execute(select(HEAD)).one()
    anchor = chain.anchor(book.store)
    if Head(row.seq, row.hash) != walk.last:
        yield Finding("end_missing", f"the last one is {row.seq}")
    if anchor is None and walk.last.seq:
        yield Finding("no_anchor", str(book.store / chain.ANCHOR))
    if anchor is not None and not walk.has(anchor):
        yield Finding("end_missing", f"entry {anchor.seq} was written")
    if noted is not None and not walk.has(noted):
        yield Finding("noted_missing", f"entry {noted.seq}")


def _rows(book: Book, walk: Walk, connection: Connection) -> Iterator[Finding]:
    """Every version and every batch of episodes against what the audit says."""
    left = dict(walk.told)
    for row in _kept(connection):
        key = (row["record_id"], row["version"])
        said = left.pop(key, None)
        if said is None:
            yield Finding("row_added", _place(key))
        elif said != chain.digest(book.vault, row):
            yield Finding("row_altered", _place(key))
    yield from (Finding("row_missing", _place(key)) for key in left)


def _kept(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(VERSIONS)).mappings():
        yield dict(row)
    batches: dict[str, list[Any]] = {}
    for row in connection.execute(select(EPISODES)).mappings():
        batches.setdefault(row["batch"], []).append(row)
    for batch, rows in batches.items():
        yield control.batch_row(batch, rows)


def _standing(connection: Connection) -> Iterator[Finding]:
    last: dict[str, tuple[int, Any]] = {}
    asked = select(VERSIONS.c.record_id, VERSIONS.c.version, VERSIONS.c.customer_id)
    for record, version, customer in connection.execute(asked):
        last[record] = max(last.get(record, (0, None)), (version, customer))
    for row in connection.execute(select(RECORDS)):
        if last.pop(row.id, None) != (row.version, row.customer_id):
            yield Finding("record_moved", f"record {row.id}")
    yield from (Finding("record_moved", f"record {record}") for record in last)


def _place(key: Key) -> str:
    return f"record {key[0]}, version {key[1]}"
