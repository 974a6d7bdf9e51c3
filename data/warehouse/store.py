"""Where a store keeps its files, and how a file gets there so that a crash is harmless.

CURRENT                      the snapshot that serves, then those published before it
snapshots/<id>/              manifest.json, manifest.sha256, marts.duckdb, never changed
parts/<table>/<month>/       accepted rows, one file per version, never changed
personal/<table>/<month>/    encrypted personal fields
personal/                    salts.parquet, key-id, and the SHA256SUMS of both
quarantine/<table>/all/      encrypted rejected rows with their reasons
lineage/<table>/all/         which rejected rows left the quarantine, and by which row
last_refused.json            why the last refresh published nothing, if it did not
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from data.errors import UnavailableError

BUILDING = ".building-"
UNFINISHED = ".new"
NAMED = re.compile(r"\d+-[0-9a-f]+ [0-9a-f]{64}")
SEAL = "manifest.sha256"  # beside the manifest: the pointer's word, for when it is lost


class DamageError(UnavailableError):
    """A file of the store is missing, or is not what was published."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} `customer-health snapshots verify` tells which snapshots are whole"
            " and `snapshots rollback` serves one of them; or put the store back from"
            " its backup, or load the whole history into a new store."
        )
        self.what = what


@dataclass(frozen=True)
class Store:
    """The folder of one company's accepted data and published snapshots."""

    root: Path

    @property
    def snapshots(self) -> Path:
        """The published snapshots, one folder each."""
        return self.root / "snapshots"

    @property
    def parts(self) -> Path:
        """The accepted rows."""
        return self.root / "parts"

    @property
    def personal(self) -> Path:
        """The encrypted personal fields."""
        return self.root / "personal"

    @property
    def quarantine(self) -> Path:
        """The encrypted rejected rows."""
        return self.root / "quarantine"

    @property
    def refused(self) -> Path:
        """Why the last refresh published nothing."""
        return self.root / "last_refused.json"

    def folder(self, kind: str, table: str, month: str) -> Path:
        """Where the versions of one part lie."""
        return self.root / kind / table / month

    def prepare(self) -> None:
        """Make the folders of a new store, readable by its owner only."""
        for folder in (self.root, self.snapshots, self.parts, self.personal):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.quarantine.mkdir(mode=0o700, exist_ok=True)


@dataclass(frozen=True)
class Published:
    """One published snapshot as the pointer names it: its id and manifest's SHA-256."""

    id: str
    checksum: str

    @property
    def sequence(self) -> int:
        """The number of the snapshot, in order of publication."""
        return int(self.id.split("-")[0])


def read_pointer(store: Store) -> tuple[Published, ...]:
    """The published snapshots, the serving one first; none in a new store.

    Errors: DamageError when the pointer is damaged.
    """
    path = store.root / "CURRENT"
    if not path.exists():
        return ()
    *lines, rest = path.read_bytes().decode("ascii", errors="replace").split("\n")
    if rest or not lines or not all(map(NAMED.fullmatch, lines)):
        raise DamageError(f"{path} is damaged: it names no snapshot.")
    return tuple(Published(*line.split(" ")) for line in lines)


def is_serving(store: Store, published: Published) -> bool:
    """Whether the pointer names this snapshot first."""
    return read_pointer(store)[:1] == (published,)


def found_on_disk(store: Store) -> tuple[Published, ...]:
    """The snapshots that lie in the store, by their own word; the newest first."""
    found = []
    for path in store.snapshots.glob(f"*/{SEAL}"):
        line = f"{path.parent.name} {path.read_text('ascii', errors='replace')}"
        if NAMED.fullmatch(line):
            found.append(Published(*line.split(" ")))
    return tuple(sorted(found, key=lambda each: each.sequence, reverse=True))


def write_pointer(store: Store, published: tuple[Published, ...]) -> None:
    """Replace the pointer in one step: readers see the old one or the new one."""
    lines = "".join(f"{each.id} {each.checksum}\n" for each in published)
    write_durably(store.root / "CURRENT", lines.encode("ascii"))


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves the whole old or the whole new content."""
    beside = path.with_name(f".{path.name}{UNFINISHED}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Wait until a finished file and its name are on the disk."""
    _sync_file(path)
    sync_folder(path.parent)


def sync_all(paths: Sequence[Path]) -> None:
    """The same for many files, in a few threads: they mostly wait."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(_sync_file, paths):
            pass
        for _ in pool.map(sync_folder, {path.parent for path in paths}):
            pass


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, with their names on the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def exclusive(store: Store) -> Iterator[None]:
    """Hold the store for one refresh; the system frees it when the process dies.

    Errors: UnavailableError when another refresh holds it.
    """
    lock = FileLock(store.root / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise UnavailableError(
            "Busy: another refresh of this store is running; try again when it is done."
        ) from error
    try:
        yield
    finally:
        lock.release()


def remove_left_overs(store: Store) -> None:
    """Remove what a refresh that died left behind: half-built folders and files."""
    for folder in store.root.glob(f"{BUILDING}*"):
        shutil.rmtree(folder)
    for folder in (store.root, store.personal):
        for beside in folder.glob(f".*{UNFINISHED}"):
            beside.unlink()
