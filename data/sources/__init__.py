"""Reading a company's extracts: everything as text or native types, nothing guessed."""

import os
from collections.abc import Iterator
from pathlib import Path

from data.errors import RefusedError
from data.mapping import TableSettings
from data.sources import columnar, delimited, query
from data.sources.columns import known_headers
from data.sources.extracts import Extract
from data.sources.files import files, folder, label


def has(name: str, source: Path, table: TableSettings) -> bool:
    """Whether the source has a table."""
    return bool(table.query or files(name, folder(source), table))


def extracts(name: str, source: Path, table: TableSettings) -> Iterator[Extract]:
    """The rows of a table, file by file, in extracts of bounded size.

    Errors: RefusedError when a file cannot be read or changes while it is read.
    """
    root = folder(source)
    if table.query:
        yield from query.read(name, root, table.query)
        return
    for path in files(name, root, table):
        yield from _file(name, path, root, table)


def _file(name: str, path: Path, root: Path, table: TableSettings) -> Iterator[Extract]:
    shown = label(path, root)
    before = _state(path, shown)
    if path.suffix.lower() == ".parquet":
        yield from columnar.read(path, shown)
    else:
        yield from delimited.read(path, shown, table, known_headers(name, table))
    if _state(path, shown) != before:
        raise RefusedError(
            f"{shown} changed while it was read; run again when it rests."
        )


def _state(path: Path, shown: str) -> tuple[int, int]:
    """A file's size and time of change; refuses a file that may not be read."""
    if not os.access(path, os.R_OK):
        raise RefusedError(f"{shown} may not be read; check its permissions.")
    status = path.stat()
    return status.st_size, status.st_mtime_ns
