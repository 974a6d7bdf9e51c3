"""Reading a company's extracts: everything as text or native types, nothing guessed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from data.errors import RefusedError
from data.limits import MB, Limits
from data.mapping import TableSettings
from data.sources import columnar, content, delimited, query, workbooks
from data.sources.columns import known_headers
from data.sources.compressed import Compressed
from data.sources.confined import Confined
from data.sources.extracts import Extract
from data.sources.files import files, folder, label

LONGEST: Final = 1_000_000  # bytes of one cell
USUAL: Final = Limits()


def has(name: str, source: Path, table: TableSettings) -> bool:
    """Whether the source has a table."""
    return bool(table.query or files(name, folder(source), table))


def extracts(
    name: str, source: Path, table: TableSettings, limits: Limits = USUAL
) -> Iterator[Extract]:
    """The rows of a table, file by file, in extracts of bounded size.

    Errors: RefusedError when a file cannot be read, changes while it is read, or is
    larger than the limits.
    """
    root = folder(source)
    if table.query:
        yield from query.read(name, root, table.query)
        return
    with Confined(limits) as process:
        reader = _Reader(table, known_headers(name, table), process)
        for path in files(name, root, table):
            shown = label(path, root)
            with _steady(path, shown, limits):
                for extract in reader.read(path, shown):
                    _check_size(extract, limits)
                    yield extract


@dataclass(frozen=True)
class _Reader:
    """Reads the files of one table, each by what it is."""

    table: TableSettings
    known: frozenset[str]
    process: Confined

    def read(self, path: Path, shown: str) -> Iterator[Extract]:
        kind = content.kind(path, shown)
        if kind == "parquet":
            return self._decoded(path, shown)
        if kind == "workbook":
            return workbooks.read(path, shown, self.table, self.process)
        packed = Compressed(path, shown, self.process.limits)
        text = packed if kind == "compressed" else path
        return delimited.read(text, shown, self.table, self.known)

    def _decoded(self, path: Path, shown: str) -> Iterator[Extract]:
        """A Parquet file that the confined process could decode."""
        batch = columnar.BATCH
        for _ in self.process.ask("parquet", path, shown, batch=batch):
            pass
        yield from columnar.read(path, shown)


@contextmanager
def _steady(path: Path, shown: str, limits: Limits) -> Iterator[None]:
    """Refuse a file that is not the same at the end, or when it cannot be read on."""
    before = _state(path, shown, limits)
    changed = RefusedError(
        f"{shown} changed while it was read; run again when it rests."
    )
    try:
        yield
    except RefusedError:
        if _state(path, shown, limits) != before:
            raise changed from None
        raise
    if _state(path, shown, limits) != before:
        raise changed


def _check_size(extract: Extract, limits: Limits) -> None:
    if extract.rows.width > limits.columns:
        raise RefusedError(
            f"{extract.file} has more than {limits.columns:,} columns (rule limit); "
            "leave out those that are not needed, or raise the bound in [limits] of "
            "the settings."
        )
    texts = extract.rows.select(pl.selectors.string().str.len_bytes().max())
    if any(size and size > LONGEST for row in texts.rows() for size in row):
        raise RefusedError(
            f"{extract.file} holds a cell of more than {LONGEST:,} bytes (rule limit)."
        )


def _state(path: Path, shown: str, limits: Limits) -> tuple[int, ...]:
    """What changes when a file does; refuses one that may not be read or is huge."""
    if not os.access(path, os.R_OK):
        raise RefusedError(f"{shown} may not be read; check its permissions.")
    status = path.stat()
    if status.st_size > limits.file_mb * MB:
        raise RefusedError(
            f"{shown} is larger than {limits.file_mb:,} MB (rule limit); split it, or "
            "raise file_mb in [limits] of the settings."
        )
    return (
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
