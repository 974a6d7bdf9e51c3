"""Who reads a snapshot holds it: nothing of it is removed meanwhile.

A hold is a shared lock of the system on the snapshot's manifest; it ends with the
reader's process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

MANIFEST = "manifest.json"


class Hold:
    """A hold on a snapshot, from now until nobody has it any more."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / MANIFEST, os.O_RDONLY)
        with suppress(OSError):  # a file system without locks: nothing is removed there
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if hasattr(self, "_file"):  # else there was none to open
            os.close(self._file)


@contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """Whether nobody holds a snapshot; if so, nobody can before this ends."""
    path = folder / MANIFEST
    if not path.exists():  # a crash left the folder before anyone could read it
        yield True
        return
    with path.open("rb") as file:
        yield _is_free(file)


def _is_free(file: BinaryIO) -> bool:
    """Where the file system knows no locks, a snapshot counts as held."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
