"""The same data give the same snapshot, whatever the format of the extracts."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.warehouse.manifest import Manifest
from tests.same_company import Company, snapshot


def cell(value: Any) -> Any:
    """A value as a person's workbook holds it: numbers are floats."""
    return float(value) if isinstance(value, Decimal) else value


COMPANY = Company(customers=40, cell=cell)


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return COMPANY.native(tmp_path_factory.mktemp("native"))


@pytest.fixture(scope="module")
def expected(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return snapshot(native, tmp_path_factory.mktemp("store") / "store")


@pytest.mark.parametrize("written", [COMPANY.as_text, COMPANY.as_workbooks])
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
