"""Folders of extracts, and what the door made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.door import Batch, Notice, batches
from data.settings import Settings

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def at(*parts: int) -> datetime:
    """A moment as frames keep it: UTC, without saying so."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    moment = datetime(year, month, day, hour, minute, tzinfo=UTC)
    return moment.replace(tzinfo=None)


@dataclass(frozen=True)
class Admitted:
    """All batches of a table together."""

    rows_in: int
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]

    @property
    def rules(self) -> list[tuple[int, str | None, str]]:
        return self.rejected.select("line", "column", "rule").rows()

    def column(self, name: str) -> list[Any]:
        return self.accepted[name].to_list()


def together(found: list[Batch]) -> Admitted:
    admitted = Admitted(
        sum(batch.rows_in for batch in found),
        pl.concat([batch.accepted for batch in found]),
        pl.concat([batch.rejected for batch in found]),
        tuple(notice for batch in found for notice in batch.notices),
    )
    assert admitted.rows_in == admitted.accepted.height + admitted.rejected.height
    return admitted


class Source:
    """A source folder in the making."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes | pl.DataFrame) -> "Source":
        path = self.folder / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def orders(self, *rows: str, header: str = "") -> "Source":
        header = header or "order_id,customer_id,ordered_at,amount"
        return self.write("orders.csv", "\n".join([header, *rows, ""]))

    def admit(
        self, table: str = "orders", **settings: Mapping[str, Any] | Any
    ) -> Admitted:
        chosen = Settings.model_validate(settings)
        return together(list(batches(table, self.folder, chosen, now=NOW)))


@pytest.fixture
def source(tmp_path: Path) -> Source:
    folder = tmp_path / "extracts"
    folder.mkdir()
    return Source(folder)
