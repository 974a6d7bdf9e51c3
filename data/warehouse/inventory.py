"""The published snapshots as a list: what each holds, and whether its files are there.

Here a file counts as whole when it has the size that was published; `retention.verify`
reads every file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import UnavailableError
from data.warehouse.manifest import Manifest
from data.warehouse.snapshot import listed
from data.warehouse.soundness import read_manifest
from data.warehouse.store import DamageError, Published, Store


@dataclass(frozen=True)
class Entry:
    """One published snapshot; of one whose manifest is damaged only the id is known."""

    snapshot: str
    serving: bool
    as_of: str | None = None
    created_at: str | None = None
    hash: str | None = None
    rows: int | None = None
    bytes: int | None = None
    damage: str | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is known to be wrong with it."""
        return self.damage is None


def inventory(store: Store, serving: str) -> tuple[Entry, ...]:
    """The published snapshots, newest first; `serving` is the one that is shown.

    Errors: UnavailableError when the store cannot be read.
    """
    published, _ = listed(store)
    ordered = sorted(published, key=lambda each: each.sequence, reverse=True)
    return tuple(_entry(store, each, serving) for each in ordered)


def _entry(store: Store, published: Published, serving: str) -> Entry:
    served = published.id == serving
    try:
        manifest = read_manifest(store, published)
    except DamageError as error:
        return Entry(published.id, served, damage=error.what)
    except UnavailableError as error:
        return Entry(published.id, served, damage=str(error))
    marts = store.snapshots / published.id / "marts.duckdb"
    size = marts.stat().st_size if marts.is_file() else 0
    return Entry(
        snapshot=manifest.id,
        serving=served,
        as_of=manifest.as_of,
        created_at=manifest.created_at,
        hash=manifest.hash,
        rows=sum(manifest.tables.values()),
        bytes=size + sum(part.bytes for part in manifest.parts),
        damage=None if size and not _lacking(store, manifest) else _told(manifest),
    )


def _lacking(store: Store, manifest: Manifest) -> Sequence[str]:
    """The files that are not there, or not as long as they were."""
    return [
        part.path
        for part in manifest.parts
        if not (path := store.root / part.path).is_file()
        or path.stat().st_size != part.bytes
    ]


def _told(manifest: Manifest) -> str:
    return f"Snapshot {manifest.id} is damaged: a file is gone or cut."
