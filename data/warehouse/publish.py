"""Put a finished snapshot in the place of the serving one, and clear what is old."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.errors import UnavailableError
from data.warehouse.holds import claimed
from data.warehouse.manifest import Manifest
from data.warehouse.retelling import retold
from data.warehouse.soundness import check_parts, damaged, read_manifest
from data.warehouse.store import (
    BUILDING,
    SEAL,
    Published,
    Store,
    checksum,
    found_on_disk,
    is_serving,
    read_pointer,
    remove_left_overs,
    sync,
    sync_folder,
    write_durably,
    write_pointer,
)

KEPT = 14
DATA = ("parts", "personal", "quarantine", "lineage", "look_alikes")


@dataclass(frozen=True)
class Building:
    """A snapshot that is being built, hidden beside the published ones."""

    store: Store
    id: str
    sequence: int
    previous: Manifest | None

    @property
    def folder(self) -> Path:
        """The working folder: what is in it is worth nothing after a crash."""
        return self.store.root / f"{BUILDING}{self.id}"

    @property
    def snapshot(self) -> Path:
        """The folder that becomes the snapshot."""
        return self.folder / "snapshot"

    @property
    def marts(self) -> Path:
        """The database of the snapshot."""
        return self.snapshot / "marts.duckdb"


@contextmanager
def building(store: Store) -> Iterator[Building]:
    """Begin a snapshot; what is left of it, published or not, is cleared at the end."""
    published = read_pointer(store)
    previous = read_manifest(store, published[0]) if published else None
    if previous is None:
        _refuse_lost_pointer(store)
    else:
        check_parts(store, previous)
        previous = retold(store, previous)
    clear(store)
    sequence = 1 + max((each.sequence for each in published), default=0)
    begun = Building(
        store, f"{sequence:06d}-{secrets.token_hex(4)}", sequence, previous
    )
    begun.snapshot.mkdir(parents=True)
    try:
        yield begun
    finally:
        clear(store)


def _refuse_lost_pointer(store: Store) -> None:
    """Without a pointer nothing is needed, and all would be cleared.

    A first refresh that died just before its end leaves one snapshot, never a second.
    """
    if sum(folder.is_dir() for folder in store.snapshots.iterdir()) > 1:
        raise UnavailableError(
            f"{store.root} holds snapshots, but no CURRENT that names them: put it back"
            " from the backup, or choose one by `customer-health snapshots rollback`."
            " Nothing was removed."
        )


def publish(begun: Building, manifest: Manifest) -> None:
    """Sync the snapshot, rename it to its place and turn the pointer to it."""
    store = begun.store
    sync(begun.marts)
    path = begun.snapshot / "manifest.json"
    write_durably(path, manifest.to_json())
    pointer = Published(begun.id, checksum(path))
    write_durably(begun.snapshot / SEAL, pointer.checksum.encode("ascii"))
    begun.snapshot.rename(store.snapshots / begun.id)
    sync_folder(store.snapshots)
    _turn(store, pointer)


def _turn(store: Store, pointer: Published) -> None:
    """Let a snapshot serve, and do not deny it where only the last sync failed."""
    try:
        write_pointer(store, keep((pointer, *read_pointer(store)), KEPT))
    except OSError as error:
        if not is_serving(store, pointer):
            raise
        reason = os.strerror(error.errno or 0)
        raise UnavailableError(
            f"Snapshot {pointer.id} serves, but the disk did not confirm it ({reason}):"
            " after a power failure the one before may serve again. Check the disk and"
            " load the same files once more."
        ) from error


def keep(published: Sequence[Published], count: int) -> tuple[Published, ...]:
    """The serving snapshot, then the newest ones by sequence."""
    serving = published[0]
    newest = sorted(published, key=lambda each: each.sequence, reverse=True)[:count]
    return (serving, *(each for each in newest if each != serving))


def clear(store: Store) -> None:
    """Remove what no published snapshot needs: left-overs of a crash, old versions.

    Nothing of a snapshot that the pointer names, or that a reader holds, is removed.
    Where one that is named cannot tell what it needs, nothing is.
    """
    remove_left_overs(store)
    published = read_pointer(store)
    try:
        manifests = [read_manifest(store, each) for each in published]
        manifests += _held(store, {each.id for each in published})
    except UnavailableError:
        return
    _clear_parts(store, {part.path for each in manifests for part in each.parts})


def _held(store: Store, named: AbstractSet[str]) -> Iterator[Manifest]:
    """Remove the snapshots that nobody names; tell those that a reader holds."""
    known = {each.id: each for each in found_on_disk(store)}
    for folder in store.snapshots.iterdir():
        if folder.name in named or not folder.is_dir():
            continue
        with claimed(folder) as free:
            if free:
                shutil.rmtree(folder)
                continue
        if folder.name not in known:
            raise damaged(folder.name, SEAL)
        yield read_manifest(store, known[folder.name])


def _clear_parts(store: Store, needed: set[str]) -> None:
    for kind in DATA:
        for path in (store.root / kind).glob("*/*/*"):
            name = path.relative_to(store.root).as_posix()
            if path.is_file() and name not in needed:
                path.unlink()
