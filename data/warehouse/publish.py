"""Put a finished snapshot in the place of the serving one, and clear what is old."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.errors import UnavailableError
from data.warehouse.manifest import Manifest
from data.warehouse.snapshot import read_manifest, verify
from data.warehouse.store import (
    BUILDING,
    Published,
    Store,
    checksum,
    read_pointer,
    remove_left_overs,
    sync,
    sync_folder,
    write_durably,
    write_pointer,
)

KEPT = 14
DATA = ("parts", "personal", "quarantine", "lineage")


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
        verify(store, previous)
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
            " from the backup. Nothing was removed."
        )


def publish(begun: Building, manifest: Manifest) -> None:
    """Sync the snapshot, rename it to its place and turn the pointer to it."""
    store = begun.store
    sync(begun.marts)
    path = begun.snapshot / "manifest.json"
    write_durably(path, manifest.to_json())
    pointer = Published(begun.id, checksum(path))
    begun.snapshot.rename(store.snapshots / begun.id)
    sync_folder(store.snapshots)
    write_pointer(store, (pointer, *read_pointer(store))[:KEPT])


def clear(store: Store) -> None:
    """Remove what no published snapshot needs: left-overs of a crash, old versions.

    Nothing of a snapshot that the pointer names is ever removed.
    """
    remove_left_overs(store)
    published = read_pointer(store)
    named = {each.id for each in published}
    for folder in store.snapshots.iterdir():
        if folder.is_dir() and folder.name not in named:
            shutil.rmtree(folder)
    needed = _needed(store, published)
    if needed is not None:
        _clear_parts(store, needed)


def _needed(store: Store, published: tuple[Published, ...]) -> set[str] | None:
    """The parts of all published snapshots; None when one of them cannot tell."""
    try:
        manifests = [read_manifest(store, each) for each in published]
    except UnavailableError:
        return None
    return {part.path for manifest in manifests for part in manifest.parts}


def _clear_parts(store: Store, needed: set[str]) -> None:
    for kind in DATA:
        for path in (store.root / kind).glob("*/*/*"):
            name = path.relative_to(store.root).as_posix()
            if path.is_file() and name not in needed:
                path.unlink()
