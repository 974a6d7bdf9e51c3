"""One company in several formats, and the snapshot that comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from dashboard.refresh import Build, refresh
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.manifest import Manifest

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = date(2026, 10, 20)


@dataclass(frozen=True)
class Company:
    """So many customers; a cell is what a workbook holds of a value."""

    customers: int
    cell: Callable[[Any], Any]

    def native(self, folder: Path) -> Path:
        """Write Parquet, with numbers and dates in types of their own."""
        self._write(folder, "parquet")
        path = folder / "targets.parquet"
        # CSV and Excel show 0.28 for 0.27999999999999997
        exact = pl.read_parquet(path).with_columns(pl.col("value").round(9))
        exact.write_parquet(path)
        return folder

    def as_text(self, native: Path, folder: Path) -> None:
        self._write(folder, "csv")

    def as_workbooks(self, native: Path, folder: Path) -> None:
        for path in native.glob("*.parquet"):
            rows = pl.read_parquet(path)
            workbook = openpyxl.Workbook(write_only=True)
            sheet = workbook.create_sheet(path.stem)
            sheet.append(rows.columns)
            for row in rows.iter_rows():
                sheet.append(list(map(self.cell, row)))
            workbook.save(folder / f"{path.stem}.xlsx")

    def _write(self, folder: Path, form: Any) -> None:
        write_company(
            folder, customers=self.customers, seed=11, until=UNTIL, format=form
        )


def snapshot(
    source: Path,
    store: Path,
    settings: Settings | None = None,
    build: Build | None = None,
) -> Manifest:
    """Refresh a store, with all the marts unless others are given."""
    refresh(source, store, settings or Settings(), build=build, now=NOW)
    return open_current(store).manifest
