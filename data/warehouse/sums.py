"""Checksums of the files by which personal fields are read.

No manifest names these files, because they belong to no snapshot: salts are added with
every new customer, and a customer's salt is to go for good when the customer is
forgotten. `personal/SHA256SUMS` says what they hold, as `sha256sum -c` reads it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from data.errors import UnavailableError
from data.warehouse.store import Store, checksum, write_durably

LIST = "SHA256SUMS"
KEY_ID, SALTS = "key-id", "salts.parquet"
LINE = re.compile(r"[0-9a-f]{64}  (key-id|salts\.parquet)")


def keep(store: Store, name: str, content: bytes) -> None:
    """Replace a file and its checksum.

    In between both checksums are listed, so that a crash leaves a file that is known.
    """
    others = [line for line in _lines(store) if not line.endswith(f"  {name}")]
    new = f"{hashlib.sha256(content).hexdigest()}  {name}"
    if (store.personal / name).exists():
        _write(store, [*others, *_told(_found(store, [name])), new])
    write_durably(store.personal / name, content)
    _write(store, [*others, new])


def settle(store: Store) -> None:
    """Compare all files, then list each of them with the one checksum that it has.

    A store that was made before there were checksums gets them so.

    Errors: UnavailableError when a file is missing or was changed.
    """
    found = _found(store)
    _refuse(_damage(store, found))
    if _lines(store) != (now := _told(found)):
        _write(store, now)


def check(store: Store, name: str) -> None:
    """Compare one file; without a checksum it passes.

    Errors: UnavailableError when it is missing or was changed.
    """
    _refuse(_damage(store, _found(store, [name])))


def damage(store: Store) -> str | None:
    """What is wrong with the files or their list, if anything is."""
    found = _found(store)
    known = {line.split()[-1] for line in _lines(store) if line.strip()}
    for name in (name for name, told in found.items() if told and name not in known):
        return f"personal/{LIST} lacks {name}: the next refresh adds it."
    return _damage(store, found)


def _refuse(damage: str | None) -> None:
    if damage:
        raise UnavailableError(
            f"{damage} The numbers do not depend on it, but personal fields do: put the"
            " store back from its backup."
        )


def _damage(store: Store, found: Mapping[str, str | None]) -> str | None:
    lines = _lines(store)
    if not all(map(LINE.fullmatch, lines)):
        return f"personal/{LIST} is damaged."
    for name, told in found.items():
        listed = [line.split()[0] for line in lines if line.endswith(f"  {name}")]
        if listed and told not in listed:
            return f"personal/{name} is missing or damaged."
    return None


def _found(
    store: Store, names: Iterable[str] = (KEY_ID, SALTS)
) -> dict[str, str | None]:
    """The checksum of each file; None where it is missing."""
    paths = {name: store.personal / name for name in names}
    return {n: checksum(p) if p.is_file() else None for n, p in paths.items()}


def _told(found: Mapping[str, str | None]) -> list[str]:
    return [f"{told}  {name}" for name, told in found.items() if told]


def _lines(store: Store) -> list[str]:
    path = store.personal / LIST
    if not path.exists():
        return []
    return path.read_bytes().decode("ascii", errors="replace").split("\n")[:-1]


def _write(store: Store, lines: Iterable[str]) -> None:
    order = sorted(set(lines), key=lambda line: line.split()[-1])
    text = "".join(f"{line}\n" for line in order)
    write_durably(store.personal / LIST, text.encode("ascii"))
