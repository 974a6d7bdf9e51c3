"""Parquet files: native types, in batches of bounded size."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from data.errors import RefusedError
from data.sources.extracts import Broken, Extract, names

BATCH: Final = 500_000
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
FINE: Final = {"ms": 1_000, "us": 1_000_000}  # nanoseconds never leave the calendar


def read(path: Path, shown: str, *, batch: int = BATCH) -> Iterator[Extract]:
    """The rows of a Parquet file in extracts of bounded size; at least one.

    A row's line is its number, from 1.

    Errors: RefusedError when it is not a readable Parquet file.
    """
    try:
        yield from _extracts(pl.scan_parquet(path, glob=False), shown, batch)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise RefusedError(
            f"{shown} is not a readable Parquet file; export it again."
        ) from None


def _extracts(rows: pl.LazyFrame, shown: str, size: int) -> Iterator[Extract]:
    schema = rows.collect_schema()
    headers = tuple(schema.names())
    plain = rows.select(
        _within_calendar(pl.col(header), schema[header]).alias(name)
        for name, header in zip(names(len(headers)), headers, strict=True)
    )
    # The reader numbers the rows, so that the numbers lie in memory as the cells do.
    numbered = plain.with_row_index("line", 1).cast({"line": pl.Int64})
    count, sent = 0, False
    for batch in numbered.collect_batches(chunk_size=size, maintain_order=True):
        if batch.height or not sent:
            yield _extract(batch, headers, shown)
            sent = True
        count += batch.height
    if count != rows.select(pl.len()).collect().item():
        raise pl.exceptions.ComputeError  # a failed decoder may end without a word
    if not sent:
        yield _extract(numbered.clear().collect(), headers, shown)


def _within_calendar(cells: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Days and moments like `infinity`, which Polars cannot write, become the last."""
    if kind == pl.Date:
        return cells.clip(FIRST, LAST)
    if isinstance(kind, pl.Datetime) and kind.time_unit in FINE:
        ends = (_stamp(day) * FINE[kind.time_unit] for day in (FIRST, LAST))
        return cells.to_physical().clip(*ends).cast(kind)
    return cells


def _stamp(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _extract(batch: pl.DataFrame, headers: tuple[str, ...], shown: str) -> Extract:
    line = batch.drop_in_place("line")
    return Extract(shown, headers, batch, line, line, Broken().frame())
