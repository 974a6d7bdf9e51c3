"""Reading a company's extracts: everything as text or native types, nothing guessed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from data.errors import RefusedError, UnavailableError
from data.limits import MB, Limits
from data.mapping import TableSettings
from data.settings import Settings
from data.sources import columnar, content, database, delimited, query, workbooks
from data.sources.columns import known_headers
from data.sources.compressed import Compressed
from data.sources.confined import Confined
from data.sources.database import Database
from data.sources.extracts import Extract
from data.sources.files import files, folder, label

LONGEST: Final = 1_000_000  # bytes of one cell
USUAL: Final = Limits()


@dataclass(frozen=True)
class Source:
    """Where a delivery comes from: a folder, and a database if tables are in one."""

    folder: Path
    database: Database | None = None


Place = Path | Source


@contextmanager
def opened(place: Place, settings: Settings) -> Iterator[Source]:
    """A source with the company's database, if the settings read a table from it.

    Errors: UnavailableError when the database does not let us in.
    """
    source = _source(place)
    asked = any(table.in_database for table in settings.tables.values())
    if settings.database is None or not asked or source.database:
        yield source
        return
    with database.opened(settings.database) as found:
        yield Source(source.folder, found)


def has(name: str, place: Place, table: TableSettings) -> bool:
    """Whether the source has a table."""
    elsewhere = table.query or table.in_database
    return bool(elsewhere or files(name, folder(_source(place).folder), table))


def extracts(
    name: str, place: Place, table: TableSettings, limits: Limits = USUAL
) -> Iterator[Extract]:
    """The rows of a table, file by file, in extracts of bounded size.

    Errors: RefusedError when a file cannot be read, changes while it is read, or is
    larger than the limits; those of `Database.read` for a table of a database.
    """
    source = _source(place)
    root = folder(source.folder)
    if table.in_database:
        yield from _asked(name, source.database, table, limits)
        return
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


def _source(place: Place) -> Source:
    return place if isinstance(place, Source) else Source(place)


def _asked(
    name: str, found: Database | None, table: TableSettings, limits: Limits
) -> Iterator[Extract]:
    if found is None:
        raise UnavailableError(f"The database that holds {name} is not open.")
    for extract in found.read(name, table):
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
