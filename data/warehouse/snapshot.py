"""Open the snapshot that serves: verified once, then cheap to ask for again."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from data.engines.duckdb import connect, enter
from data.errors import UnavailableError
from data.marts import layout
from data.warehouse.manifest import Manifest
from data.warehouse.store import Published, Store, checksum, read_pointer


class Snapshot:
    """One published state of the data; it stays what it is while a reader holds it."""

    def __init__(
        self, store: Store, manifest: Manifest, connection: DuckDBPyConnection
    ) -> None:
        self.store = store
        self.manifest = manifest
        self._connection = connection

    @property
    def id(self) -> str:
        """The name of the snapshot, in order of publication."""
        return self.manifest.id

    def cursor(self) -> DuckDBPyConnection:
        """A cursor of its own for one thread; close it, or use it in a `with`."""
        return enter(self._connection.cursor())

    def parts(self, table: str) -> list[str]:
        """The Parquet files of a table's accepted rows, which a cursor may read."""
        return [
            str(self.store.root / part.path)
            for part in self.manifest.of("parts", table)
        ]


def open_current(store: Path) -> Snapshot:
    """The snapshot that `CURRENT` names, its files verified by their checksums.

    Asking again for the same snapshot costs reading the pointer.

    Errors: UnavailableError when there is no store, or it is damaged.
    """
    here = Store(store.resolve())
    try:
        published = read_pointer(here)
        if published:
            return _open(here, published[0])
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise UnavailableError(f"{store} cannot be read: {reason}.") from error
    raise UnavailableError(
        f"{store} holds no published data: run `customer-health refresh` first."
    )


def read_manifest(store: Store, published: Published) -> Manifest:
    """The manifest of a published snapshot, verified against the pointer.

    Errors: UnavailableError when it is missing or damaged.
    """
    path = store.snapshots / published.id / "manifest.json"
    if not path.is_file() or checksum(path) != published.checksum:
        raise _damaged(published.id, "its manifest")
    return Manifest.from_json(path.read_bytes())


def published_manifests(store: Store) -> list[Manifest]:
    """The manifests of all published snapshots, newest first."""
    found = [read_manifest(store, each) for each in read_pointer(store)]
    return sorted(found, key=lambda manifest: manifest.sequence, reverse=True)


def verify(store: Store, manifest: Manifest) -> None:
    """Compare every part with its checksum, before new snapshots stand on it.

    Errors: UnavailableError when one is missing or was changed.
    """
    for part in manifest.parts:
        path = store.root / part.path
        if not path.is_file() or checksum(path) != part.sha256:
            raise _damaged(manifest.id, part.path)


def _damaged(snapshot: str, what: str) -> UnavailableError:
    return UnavailableError(
        f"Snapshot {snapshot} is damaged: {what}. Put the store back from its backup,"
        " or load the whole history into a new store."
    )


@lru_cache(maxsize=4)
def _open(store: Store, published: Published) -> Snapshot:
    manifest = read_manifest(store, published)
    if manifest.layout != layout():
        raise UnavailableError(
            f"Snapshot {published.id} was made by another version of this program: run"
            " `customer-health refresh` again."
        )
    marts = store.snapshots / published.id / "marts.duckdb"
    if not marts.is_file() or checksum(marts) != manifest.marts_sha256:
        raise _damaged(published.id, "its marts")
    for part in manifest.parts:
        path = store.root / part.path
        if not path.is_file() or path.stat().st_size != part.bytes:
            raise _damaged(published.id, part.path)
    return Snapshot(store, manifest, _connect(store, marts))


def _connect(store: Store, marts: Path) -> DuckDBPyConnection:
    scratch = store.root / ".scratch"
    return connect(marts, read_only=True, folders=[store.parts], scratch=scratch)
