"""Rows that came through the door and wait, without personal fields, to be merged."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from data.schemas import columns, key_text
from data.vault import Place, Salts, Vault
from data.warehouse.personal import Fields
from data.warehouse.pieces import NOTHING, Arrivals, Told
from data.warehouse.rows import Schema, write_frame

if TYPE_CHECKING:
    from data.door import Batch, Notice

COMING: Schema = {
    "corrects": pl.String,
    "key": pl.String,
    "seq": pl.Int64,
    "file": pl.String,
    "line": pl.Int64,
    "id": pl.String,
}
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
    "key": pl.Binary,
    "held": pl.Binary,
}
RELEASED = ""  # the file of rows that had waited for their customer


def reject_place(table: str, identity: str, column: str) -> Place:
    """Where a sealed cell of a rejected row belongs."""
    return Place(table, identity if column == "row" else f"{identity} {column}")


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


@dataclass
class Waiting:
    """What the store knows of a table's rejected rows.

    `keys` says the key of each row in quarantine, `held` which of them wait for their
    customer; `settled` are rows that left it.
    """

    keys: dict[str, str | None] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()

    @cached_property
    def known_keys(self) -> pl.Series:
        """The keys of the rows in quarantine, where they could be read."""
        return pl.Series(list(self.keys.values()), dtype=pl.String).drop_nulls()


@dataclass
class Delivered:
    """The accepted orders of a delivery in figures, for the quality gate."""

    rows: int = 0
    amount: Decimal = Decimal(0)
    newest: date | None = None

    def add(self, orders: pl.DataFrame) -> None:
        """Count further orders."""
        self.rows += orders.height
        self.amount += Decimal(orders["amount"].sum())
        days = [orders["ordered_on"].max(), self.newest]
        self.newest = max((d for d in days if isinstance(d, date)), default=None)

    @property
    def mean(self) -> float | None:
        """The mean amount."""
        return float(self.amount / self.rows) if self.rows else None


class Staging:
    """The rows of one table, written batch by batch to a folder of the refresh."""

    def __init__(self, table: str, folder: Path, keeper: Keeper) -> None:
        self.table = table
        self.files: dict[str, FileReport] = {}
        self.arrivals = Arrivals(table, folder)
        self.fields = Fields(table, folder, keeper.vault, keeper.salts)
        self.delivered = Delivered()
        self.waiting = Waiting()
        self.again: set[str] = set()
        self.released_ids: tuple[str, ...] = ()
        self.filled: Counter[str] = Counter()  # accepted rows by filled column
        self.coming = [pl.DataFrame(schema=COMING)]
        self.folder = folder
        self._keeper = keeper
        self._rejects = count(1)
        self._released = 0
        self._twins: Counter[str] = Counter()
        self._write(0, pl.DataFrame(schema=REJECTED))

    def add(self, batch: Batch) -> None:
        """Take one batch: count it, seal what is personal, write the rest."""
        report = self.files.setdefault(batch.file, FileReport(self.table, batch.file))
        report.rows_in += batch.rows_in
        report.accepted += batch.accepted.height
        report.notices += batch.notices
        self._count_filled(batch.accepted)
        if batch.accepted.height:
            self._notice_corrections(batch)
            self._accept(batch.accepted, list(self.files).index(batch.file))
            if self.table == "orders":
                self.delivered.add(batch.accepted)
        if batch.rejected.height:
            self._reject(batch.rejected, report)

    def release(self, rows: pl.DataFrame) -> None:
        """Take accepted rows that had waited for their customer; first of all."""
        self.released_ids = tuple(rows["_id"])
        report = self.files[RELEASED] = FileReport(self.table, RELEASED)
        report.rows_in = report.accepted = rows.height
        self._accept(rows, 0)
        self.arrivals.flush()  # apart from what the delivery brings
        self._released = len(self.arrivals.pieces)

    @property
    def released(self) -> int:
        """Rows that had waited for their customer."""
        return len(self.released_ids)

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """What became of each file's rows."""
        return tuple(each for name, each in self.files.items() if name != RELEASED)

    @property
    def vault(self) -> Vault:
        """The keys that seal rejected rows."""
        return self._keeper.vault

    def rejects(self) -> list[Path]:
        """The files of rejected rows."""
        return sorted(self.folder.glob("rejects-*.parquet"))

    @property
    def brought(self) -> Told:
        """The accepted rows that files of this delivery have."""
        pieces = self.arrivals.pieces[self._released :]
        return sum((each.told for each in pieces), NOTHING)

    @property
    def rows_in(self) -> int:
        """Rows read so far."""
        return sum(report.rows_in for report in self.files.values())

    @property
    def quarantined(self) -> int:
        """Rejected rows of this delivery."""
        return sum(report.quarantined for report in self.files.values())

    def clear(self) -> None:
        """Free the disk, once the parts are there."""
        for kind in ("labels", "known", "piece", "personal"):
            for path in self.folder.glob(f"{kind}-*"):
                path.unlink()

    def _accept(self, accepted: pl.DataFrame, file: int) -> None:
        digests = self.fields.take(accepted, self.arrivals.rows)
        names = [*columns(self.table)]
        self.arrivals.add(accepted.select(*names, digests), file)

    def _count_filled(self, accepted: pl.DataFrame) -> None:
        """Count what the gate compares with the last delivery: cells that are there."""
        empty = accepted.null_count().row(0, named=True)
        self.filled.update({n: accepted.height - e for n, e in empty.items()})

    def _notice_corrections(self, batch: Batch) -> None:
        """Keep the places of rows that may be a rejected row put right."""
        if batch.corrects is None and not self.waiting.keys:
            return
        first, height = self.arrivals.rows, batch.accepted.height
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
        rows = batch.accepted.select(
            key_text(self.table).alias("key"),
            corrects=nothing if batch.corrects is None else batch.corrects,
            seq=pl.int_range(first, first + height, dtype=pl.Int64),
            file="_file",
            line="_line",
            id=pl.lit(None, dtype=pl.String),
        )
        self._keep_coming(rows)

    def _keep_coming(self, rows: pl.DataFrame) -> None:
        known = pl.col("key").is_in(self.waiting.known_keys.implode())
        told = rows.filter(pl.col("corrects").is_not_null() | known)
        self.coming.append(told.select(list(COMING)))

    def _reject(self, rejected: pl.DataFrame, report: FileReport) -> None:
        """Take rejected rows; one that was put right before is a duplicate."""
        told = rejected.select("rule", "row", "corrects").iter_rows()
        ids = [
            corrects
            if row is None and corrects in self.waiting.keys  # it was not filled in
            else self._identity(rule, row)
            for rule, row, corrects in told
        ]
        self.again |= self.waiting.keys.keys() & set(ids)
        named = rejected.with_columns(pl.Series("id", ids, dtype=pl.String))
        news = named.filter(~pl.col("id").is_in(list(self.waiting.settled)))
        report.duplicates += named.height - news.height
        report.quarantined += news.height
        report.rules.update(news["rule"].to_list())
        self._keep_coming(news.with_columns(seq=pl.lit(None, dtype=pl.Int64)))
        self._write(next(self._rejects), self._sealed_rows(news))

    def _sealed_rows(self, named: pl.DataFrame) -> pl.DataFrame:
        cells = [
            pl.Series(to, self._sealed(named, name), dtype=pl.Binary)
            for to, name in (("sealed", "row"), ("key", "key"), ("held", "held"))
        ]
        found = named.with_columns(cells)
        return found.select(list(REJECTED)).cast(REJECTED)  # type: ignore[arg-type] # a dict of types is one

    def _sealed(self, named: pl.DataFrame, column: str) -> list[bytes | None]:
        vault, whole = self._keeper.vault, column == "row"
        return [
            None
            if text is None and not whole
            else vault.seal_row(reject_place(self.table, id_, column), text or "")
            for id_, text in zip(named["id"], named[column], strict=True)
        ]

    def _identity(self, rule: str, row: str | None) -> str:
        """The same for the n-th reject of one content: loading again adds none."""
        place = Place(self.table, rule)
        first = self._keeper.vault.digest(place, row or "")
        self._twins[first] += 1
        return self._keeper.vault.digest(place, f"{first} {self._twins[first]}")

    def _write(self, number: int, rejects: pl.DataFrame) -> None:
        write_frame(rejects, self.folder / f"rejects-{number:06d}.parquet")
