"""Which files of a source folder hold which table."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from data.errors import RefusedError
from data.mapping import TableSettings
from data.sources.content import split


def folder(source: Path) -> Path:
    """The source folder, resolved.

    Errors: RefusedError when it is not a folder.
    """
    if not source.is_dir():
        raise RefusedError(f"There is no source folder {shown(str(source))}.")
    if not os.access(source, os.R_OK | os.X_OK):
        raise RefusedError(
            f"The source folder {shown(str(source))} may not be read; check its"
            " permissions."
        )
    return source.resolve()


def files(name: str, source: Path, table: TableSettings) -> tuple[Path, ...]:
    """The files of a table, in the order that they are read.

    Named by the settings, else `<table>.csv`, `<table>_*.csv`, `<table>-*.csv` and the
    same with `.parquet`, `.xlsx`, `.csv.gz` and `.csv.zip`, by name.
    """
    if table.patterns:
        found = [path for pattern in table.patterns for path in _named(source, pattern)]
    else:
        found = sorted(_default(name, source))
    return tuple(dict.fromkeys(checked(path, source) for path in found))


def label(path: Path, source: Path) -> str:
    """A file's name in reports: its path inside the source folder."""
    return shown(path.relative_to(source).as_posix())


def shown(name: str) -> str:
    """A name in which control characters are written out."""
    return "".join(
        letter
        if letter.isprintable()
        else letter.encode("unicode_escape", "replace").decode()
        for letter in printable_name(name)
    )


def printable_name(name: str) -> str:
    """A file name without the lone surrogates that stand for undecodable bytes."""
    return name.encode("utf-8", "backslashreplace").decode()


def _named(source: Path, pattern: str) -> list[Path]:
    found = sorted(source.glob(pattern))
    if not found:
        raise RefusedError(f"No file in the source folder matches {shown(pattern)}.")
    return found


def _default(name: str, source: Path) -> Iterator[Path]:
    for path in source.iterdir():
        stem, end = split(path.name)
        if end and (stem == name or stem.startswith((f"{name}_", f"{name}-"))):
            yield path


def _is_plain(path: Path, source: Path) -> bool:
    try:
        whole = path.resolve(strict=True)
        return whole.is_relative_to(source) and stat.S_ISREG(whole.stat().st_mode)
    except (OSError, RuntimeError):  # a link to nothing, or to itself
        return False


def checked(path: Path, source: Path) -> Path:
    """A regular file inside the folder, whatever links lead to it.

    Errors: RefusedError when it is none.
    """
    if not _is_plain(path, source):
        raise RefusedError(
            f"{label(path, source)} is not a plain file inside the source folder."
        )
    return path
