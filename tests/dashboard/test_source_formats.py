"""The same data give the same snapshot, whatever the format of the extracts."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from dashboard.refresh import refresh
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.manifest import Manifest

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def snapshot(source: Path, store: Path) -> Manifest:
    refresh(source, store, Settings(), now=NOW)
    return open_current(store).manifest


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company as Parquet, with numbers and dates in types of their own."""
    folder = tmp_path_factory.mktemp("native")
    company(folder, "parquet")
    path = folder / "targets.parquet"  # CSV and Excel show 0.28 for 0.27999999999999997
    pl.read_parquet(path).with_columns(pl.col("value").round(9)).write_parquet(path)
    return folder


@pytest.fixture(scope="module")
def expected(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return snapshot(native, tmp_path_factory.mktemp("store") / "store")


def company(folder: Path, form: Any) -> None:
    until = date(2026, 10, 20)
    write_company(folder, customers=40, seed=11, until=until, format=form)


def as_text(native: Path, folder: Path) -> None:
    company(folder, "csv")


def as_workbooks(native: Path, folder: Path) -> None:
    for path in native.glob("*.parquet"):
        rows = pl.read_parquet(path)
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet(path.stem)
        sheet.append(rows.columns)
        for row in rows.iter_rows():
            sheet.append(list(cells(row)))
        workbook.save(folder / f"{path.stem}.xlsx")


def cells(row: tuple[Any, ...]) -> Iterator[Any]:
    """Values as a person's workbook holds them: numbers are floats."""
    for value in row:
        yield float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("written", [as_text, as_workbooks])
def test_the_same_company_in_another_format_is_the_same_snapshot(
    tmp_path: Path,
    native: Path,
    expected: Manifest,
    written: Callable[[Path, Path], None],
) -> None:
    """Reliability 1."""
    folder = tmp_path / "source"
    folder.mkdir()
    written(native, folder)
    found = snapshot(folder, tmp_path / "store")
    assert found.tables == expected.tables
    assert found.totals == expected.totals
    assert found.hash == expected.hash
