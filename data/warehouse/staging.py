"""Rows that came through the door and wait, without personal fields, to be merged."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from data.schemas import personal_columns
from data.vault import Place, Salts, Vault
from data.warehouse import personal
from data.warehouse.rows import DIGEST, Schema, month_of, staged_schema, write_frame

if TYPE_CHECKING:
    from data.door import Batch, Notice

REJECTED: Schema = {
    "id": pl.String,
    "file": pl.String,
    "line": pl.Int64,
    "line_end": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "rules": pl.List(pl.String),
    "remedy": pl.String,
    "sealed": pl.Binary,
}


@dataclass
class FileReport:
    """What became of one file's rows: rows_in = accepted + quarantined + duplicates."""

    table: str
    file: str
    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    superseded: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return asdict(self) | {"rules": dict(sorted(self.rules.items()))}


@dataclass(frozen=True)
class Keeper:
    """Who may write personal fields: the keys, and the customers' salts."""

    vault: Vault
    salts: Salts


class Staging:
    """The rows of one table, written batch by batch to a folder of the refresh."""

    def __init__(self, table: str, folder: Path, keeper: Keeper) -> None:
        self.table = table
        self.files: dict[str, FileReport] = {}
        self.known = pl.Series(DIGEST, [], dtype=pl.String)
        self._folder = folder
        self._keeper = keeper
        self._batches = count(1)
        self._rows = 0
        self._twins: Counter[str] = Counter()
        folder.mkdir(parents=True)
        self._write("rows", 0, pl.DataFrame(schema=staged_schema(table)))
        self._write("personal", 0, pl.DataFrame(schema=personal.SCHEMA))
        self._write("rejects", 0, pl.DataFrame(schema=REJECTED))

    def add(self, batch: Batch) -> None:
        """Take one batch: count it, seal what is personal, write the rest."""
        number = next(self._batches)
        report = self.files.setdefault(batch.file, FileReport(self.table, batch.file))
        report.rows_in += batch.rows_in
        report.accepted += batch.accepted.height
        report.quarantined += batch.rejected.height
        report.rules.update(batch.rejected["rule"].to_list())
        report.notices += batch.notices
        if batch.accepted.height:
            self._accept(number, batch.accepted, list(self.files).index(batch.file))
        if batch.rejected.height:
            self._write("rejects", number, self._sealed_rows(batch.rejected))

    def staged(self, kind: str) -> list[Path]:
        """The files of one kind: rows, personal or rejects."""
        return sorted(self._folder.glob(f"{kind}-*.parquet"))

    @property
    def rows_in(self) -> int:
        """Rows read so far."""
        return sum(report.rows_in for report in self.files.values())

    @property
    def quarantined(self) -> int:
        """Rejected rows of this delivery."""
        return sum(report.quarantined for report in self.files.values())

    def _accept(self, number: int, accepted: pl.DataFrame, file: int) -> None:
        rows = accepted.with_columns(
            personal.digests(self._keeper.vault, self.table, accepted),
            _month=month_of(self.table),
            _file=pl.lit(file, dtype=pl.Int32),
            _seq=pl.int_range(self._rows, self._rows + accepted.height, dtype=pl.Int64),
        )
        self._rows += accepted.height
        self._write("rows", number, rows.select(list(staged_schema(self.table))))
        if personal_columns(self.table):
            new = rows.filter(~pl.col(DIGEST).is_in(self.known.implode()))
            vault, salts = self._keeper.vault, self._keeper.salts
            self._write(
                "personal", number, personal.seal(vault, salts, self.table, new)
            )

    def _sealed_rows(self, rejected: pl.DataFrame) -> pl.DataFrame:
        ids = list(map(self._identity, rejected["rule"], rejected["row"]))
        vault = self._keeper.vault
        sealed = [
            vault.seal_row(Place(self.table, id_), row or "")
            for id_, row in zip(ids, rejected["row"], strict=True)
        ]
        found = rejected.with_columns(
            pl.Series("id", ids, dtype=pl.String),
            pl.Series("sealed", sealed, dtype=pl.Binary),
        )
        return found.select(list(REJECTED)).cast(REJECTED)  # type: ignore[arg-type] # a dict of types is one

    def _identity(self, rule: str, row: str | None) -> str:
        """The same for the n-th reject of one content: loading again adds none."""
        place = Place(self.table, rule)
        first = self._keeper.vault.digest(place, row or "")
        self._twins[first] += 1
        return self._keeper.vault.digest(place, f"{first} {self._twins[first]}")

    def _write(self, kind: str, number: int, rows: pl.DataFrame) -> None:
        path = self._folder / f"{kind}-{number:06d}.parquet"
        write_frame(rows, path)
