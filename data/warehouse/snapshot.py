"""Open the snapshot that serves: verified once, then cheap to ask for again.

Where it is damaged, the one published before it serves, and says so.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from data.engines.duckdb import connect, enter
from data.errors import UnavailableError
from data.marts import layout
from data.warehouse.holds import Hold
from data.warehouse.manifest import Manifest
from data.warehouse.soundness import (
    check_marts,
    check_parts,
    damaged,
    read_manifest,
)
from data.warehouse.store import (
    DamageError,
    Published,
    Store,
    found_on_disk,
    is_serving,
    read_pointer,
)


@dataclass(frozen=True)
class Opened:
    """What a reader has of a snapshot: it is held until nobody has this any more."""

    manifest: Manifest
    connection: DuckDBPyConnection
    hold: Hold


class Snapshot:
    """One published state of the data; it stays what it is while a reader holds it.

    `fallback` says in words why it serves in the place of another one, if it does.
    """

    def __init__(
        self, store: Store, opened: Opened, fallback: str | None = None
    ) -> None:
        self.store = store
        self.manifest = opened.manifest
        self.fallback = fallback
        self._opened = opened

    @property
    def id(self) -> str:
        """The name of the snapshot, in order of publication."""
        return self.manifest.id

    def cursor(self) -> DuckDBPyConnection:
        """A cursor of its own for one thread; close it, or use it in a `with`."""
        return enter(self._opened.connection.cursor())

    def parts(self, table: str) -> list[str]:
        """The Parquet files of a table's accepted rows, which a cursor may read."""
        return [
            str(self.store.root / part.path)
            for part in self.manifest.of("parts", table)
        ]


def open_current(store: Path) -> Snapshot:
    """The snapshot that `CURRENT` names, its files verified by their checksums.

    Where it is damaged, the newest whole one before it; its `fallback` says so. Asking
    again for the same snapshot costs reading the pointer.

    Errors: UnavailableError when there is no store, or nothing whole in it.
    """
    here = Store(store.resolve())
    try:
        published, damage = listed(here)
        if published:
            return _first_whole(here, published, damage)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise UnavailableError(f"{store} cannot be read: {reason}.") from error
    raise UnavailableError(
        f"{store} holds no published data: run `customer-health refresh` first."
    )


def listed(store: Store) -> tuple[tuple[Published, ...], str | None]:
    """The published snapshots, the serving one first, and what is wrong with `CURRENT`.

    Where that is damaged, the snapshots that lie in the store; the newest one first.

    Errors: DamageError when it is damaged and no snapshot is there.
    """
    try:
        published = read_pointer(store)
    except DamageError as error:
        found = found_on_disk(store)
        if not found:
            raise
        return found, error.what
    if published or not store.snapshots.is_dir():
        return published, None
    found = found_on_disk(store)
    return found, f"{store.root / 'CURRENT'} is missing." if found else None


def published_manifests(store: Store) -> list[Manifest]:
    """The manifests of all published snapshots that have one, newest first."""
    found = []
    for each in listed(store)[0]:
        try:
            found.append(read_manifest(store, each))
        except DamageError:
            continue
    return sorted(found, key=lambda manifest: manifest.sequence, reverse=True)


def _first_whole(
    store: Store, published: Sequence[Published], damage: str | None
) -> Snapshot:
    first, *others = _in_turn(store, published)
    try:
        opened = _open(store, first)
    except DamageError as error:
        if damage is None and not is_serving(store, first):
            return open_current(store.root)  # it was pruned in the meantime
        opened = _fallback(store, others, error)
        damage = damage or error.what
    if damage is None:
        return Snapshot(store, opened)
    made = opened.manifest
    instead = f"Snapshot {made.id}, as of {made.as_of}, is shown instead."
    return Snapshot(store, opened, f"{damage} {instead}")


def _in_turn(store: Store, published: Sequence[Published]) -> list[Published]:
    """The serving one, older ones, then newer ones; last what only the disk knows."""
    first = published[0]
    newest = sorted(published, key=lambda each: each.sequence, reverse=True)
    older = [each for each in newest if each.sequence < first.sequence]
    newer = [each for each in newest if each.sequence > first.sequence]
    known = [first, *older, *newer]
    return [*known, *(each for each in found_on_disk(store) if each not in known)]


def _fallback(store: Store, others: Sequence[Published], error: DamageError) -> Opened:
    for each in others:
        try:
            return _open(store, each)
        except UnavailableError:
            continue
    raise error


def _open(store: Store, published: Published) -> Opened:
    """Open a snapshot, or what was opened before if nobody touched it since."""
    folder = store.snapshots / published.id
    files = (folder / "manifest.json", folder / "marts.duckdb")
    state = [(p.stat().st_size, p.stat().st_mtime_ns) for p in files if p.exists()]
    return _opened(store, published, tuple(state))


@lru_cache(maxsize=2)
def _opened(
    store: Store, published: Published, _state: tuple[tuple[int, int], ...]
) -> Opened:
    folder = store.snapshots / published.id
    try:
        held = Hold(folder)
    except FileNotFoundError:
        raise damaged(published.id, "its manifest") from None
    manifest = read_manifest(store, published)
    if manifest.layout != layout():
        raise UnavailableError(
            f"Snapshot {published.id} was made by another version of this program: run"
            " `customer-health refresh` again."
        )
    check_marts(store, manifest)
    check_parts(store, manifest)
    return Opened(manifest, _connect(store, folder / "marts.duckdb"), held)


def _connect(store: Store, marts: Path) -> DuckDBPyConnection:
    scratch = store.root / ".scratch"
    return connect(marts, read_only=True, folders=[store.parts], scratch=scratch)
