"""Whether a snapshot's files are still those that were published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from data.warehouse.manifest import Manifest, Part
from data.warehouse.store import DamageError, Published, Store, checksum

KNOWN_FILES = 100_000
Told = Callable[[Path], str]


def damaged(snapshot: str, what: str) -> DamageError:
    """The error for a snapshot that lacks something."""
    return DamageError(f"Snapshot {snapshot} is damaged: {what}.")


def told_before(path: Path) -> str:
    """A file's checksum; read again only when the file was touched."""
    state = path.stat()
    return _told(path, state.st_ino, state.st_size, state.st_mtime_ns)


def read_manifest(store: Store, published: Published) -> Manifest:
    """The manifest of a published snapshot, verified against the pointer.

    Errors: DamageError when it is missing or damaged.
    """
    path = store.snapshots / published.id / "manifest.json"
    if not path.is_file() or checksum(path) != published.checksum:
        raise damaged(published.id, "its manifest")
    return Manifest.from_json(path.read_bytes())


def check_marts(store: Store, manifest: Manifest, told: Told = told_before) -> None:
    """Compare the database with its checksum.

    Errors: DamageError when it is missing or was changed.
    """
    marts = store.snapshots / manifest.id / "marts.duckdb"
    if not marts.is_file() or told(marts) != manifest.marts_sha256:
        raise damaged(manifest.id, "its marts")


def check_parts(store: Store, manifest: Manifest, told: Told = told_before) -> None:
    """Compare every part with its checksum, many at a time.

    Errors: DamageError when one is missing or was changed.
    """
    changed = _changed(store, manifest.parts, told)
    if changed:
        raise damaged(manifest.id, changed[0].path)


def _changed(store: Store, parts: Sequence[Part], told: Told) -> list[Part]:
    def sound(part: Part) -> bool:
        path = store.root / part.path
        return path.is_file() and told(path) == part.sha256

    with ThreadPoolExecutor() as pool:
        return [p for p, s in zip(parts, pool.map(sound, parts), strict=True) if not s]


@lru_cache(maxsize=KNOWN_FILES)
def _told(path: Path, _inode: int, _size: int, _changed_at: int) -> str:
    return checksum(path)
