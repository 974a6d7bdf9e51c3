"""Refresh a store on a disk that is full sooner or later, or cannot be written.

`unshare --mount python -m tests.faults.starved FOLDER STEP` mounts a small file system
that nobody else sees, and lets it grow by STEP KiB until a refresh fits in. Then it is
mounted read-only. Prints one JSON line per refresh.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.faults import forks
from tests.faults.kills import Range

KIB = 1024
WIDE = 64 * KIB


class Disk:
    """A file system of its own under the store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mount("-t", "tmpfs", "-o", f"size={WIDE}k", "none")

    def is_wide(self) -> None:
        self._mount("-o", f"remount,rw,size={WIDE}k")

    def is_of(self, size: int) -> None:
        self._mount("-o", f"remount,size={size}k")

    def is_read_only(self) -> None:
        self._mount("-o", "remount,ro")

    def used(self) -> int:
        """How many KiB are in use."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize // KIB

    def _mount(self, *options: str) -> None:
        subprocess.run(["mount", *options, str(self.folder)], check=True)


def refreshed(place: Range) -> dict[str, object]:
    """What a refresh came to, and what the store is like just then."""
    code = forks.done(place.company.deliver, place.log)
    said = place.log.read_text(encoding="utf-8")
    served = forks.done(place.company.serves, place.folder / "reader.log")
    building = place.company.building()
    return {"code": code, "said": said, "readable": served == 0, "building": building}


def growing(place: Range, disk: Disk, step: int) -> Iterator[dict[str, object]]:
    """Refresh on a disk that is larger each time, until there is room."""
    place.company.restore()
    used = size = disk.used()
    code = None
    while code != 0:
        disk.is_wide()
        place.company.restore()
        disk.is_of(size)
        found = refreshed(place)
        disk.is_wide()
        yield {"room": size - used, **found, "served": place.judged()}
        code, size = found["code"], size + step


def read_only(place: Range, disk: Disk) -> Iterator[dict[str, object]]:
    """Refresh on a disk that cannot be written."""
    place.company.restore()
    disk.is_read_only()
    found = refreshed(place)
    disk.is_wide()
    yield {"room": None, **found, "served": place.judged()}


def main() -> None:
    folder, step = Path(sys.argv[1]), int(sys.argv[2])
    place = Range(folder.resolve(), real=False)
    disk = Disk(place.company.store)
    for outcome in (*growing(place, disk, step), *read_only(place, disk)):
        print(json.dumps(outcome), flush=True)  # noqa: T201 what the test reads


if __name__ == "__main__":
    main()
