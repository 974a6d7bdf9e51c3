"""Which snapshots stay, which one serves, and whether they are whole.

Snapshots are ordered by their sequence; what a clock says decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from data.errors import DashboardError, UnavailableError, UsageError
from data.warehouse import sums
from data.warehouse.disk import told
from data.warehouse.manifest import Manifest
from data.warehouse.publish import clear, keep
from data.warehouse.snapshot import listed
from data.warehouse.soundness import (
    check_marts,
    check_parts,
    damaged,
    read_manifest,
)
from data.warehouse.store import (
    SEAL,
    DamageError,
    Published,
    Store,
    checksum,
    exclusive,
    found_on_disk,
    read_pointer,
    write_pointer,
)

PREVIOUS = "previous"


@dataclass(frozen=True)
class Verdict:
    """Whether a snapshot is whole, and what is wrong if it is not.

    For what all snapshots share, the place of the id holds `CURRENT`, or `personal`:
    the files by which personal fields are read.
    """

    id: str
    serving: bool
    damage: str | None


def roll_back(store: Store, wanted: str) -> Manifest:
    """Let another published snapshot serve: back, or forward again.

    `wanted` is its id, the number that the id begins with, or `previous`. Nothing is
    removed, and a pointer that was damaged is made anew.

    Errors: UsageError when there is none such, DamageError when it is not whole.
    """
    with _alone(store):
        published, _ = listed(store)
        chosen = _chosen(published, wanted)
        manifest = _verified(store, chosen)
        others = [each for each in published if each != chosen]
        write_pointer(store, (chosen, *_newest_first(others)))
    return manifest


def prune(store: Store, count: int) -> tuple[str, ...]:
    """Keep the newest snapshots and the serving one; the ids of those removed.

    One that a reader holds stays on the disk until a later refresh or pruning.
    """
    with _alone(store):
        published = read_pointer(store)
        if not published:
            raise DamageError(f"{store.root / 'CURRENT'} is missing.")
        write_pointer(store, keep(published, count))
        clear(store)
    gone = (each.id for each in published if not (store.snapshots / each.id).exists())
    return tuple(sorted(gone))


def verify(store: Store) -> tuple[Verdict, ...]:
    """Read every file of every published snapshot again; the newest first.

    Only where it is damaged, what they share comes last.

    Errors: UnavailableError when there is none.
    """
    published, pointer = listed(store)
    if not published:
        raise UnavailableError(f"{store.root} holds no published data.")
    found = [
        Verdict(each.id, each == published[0], _damage(store, each))
        for each in _newest_first(published)
    ]
    shared = {"CURRENT": pointer, "personal": sums.damage(store)}
    lost = [Verdict(n, serving=False, damage=d) for n, d in shared.items() if d]
    return (*found, *lost)


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Work on a store that exists while no refresh does."""
    if not listed(store)[0]:
        raise UnavailableError(f"{store.root} holds no published data.")
    with told(store.root), exclusive(store):
        yield


def _newest_first(published: Sequence[Published]) -> list[Published]:
    return sorted(published, key=lambda each: each.sequence, reverse=True)


def _chosen(published: Sequence[Published], wanted: str) -> Published:
    if wanted == PREVIOUS:
        older = [p for p in published if p.sequence < published[0].sequence]
        found = _newest_first(older)[:1]
    else:
        found = [p for p in published if wanted in (p.id, p.id.split("-")[0])]
    if not found:
        known = ", ".join(each.id for each in _newest_first(published))
        raise UsageError(f"There is no snapshot {wanted}; there are {known}.")
    return found[0]


def _verified(store: Store, chosen: Published) -> Manifest:
    manifest = read_manifest(store, chosen)
    check_marts(store, manifest, checksum)
    check_parts(store, manifest, checksum)
    return manifest


def _check_seal(store: Store, published: Published) -> None:
    """The manifest's checksum beside it is read only when the pointer is lost."""
    if published not in found_on_disk(store):
        raise damaged(published.id, f"its {SEAL}")


def _damage(store: Store, published: Published) -> str | None:
    try:
        _verified(store, published)
        _check_seal(store, published)
    except DamageError as error:
        return error.what
    except DashboardError as error:
        return str(error)
    return None
