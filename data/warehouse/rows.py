"""How a row is told from another: by its key, its content, its period and its order.

Contents are 64-bit hashes that Polars makes of the typed values, so that a null is no
empty text and 1.0 is no "1". They find what has changed, not what was forged: two
different rows look alike by chance once in 2^64. Another version of Polars may hash in
another way; `fingerprint` tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.schemas import INPUTS, columns, event_column, key_columns

Schema = dict[str, pl.DataType | type[pl.DataType]]

WHOLE = "all"
UNDATED = "none"
SEPARATOR = "chr(31)"  # a control character, which the door rejects
DIGEST = "_digest"
INSTEAD = {"surveys": "answered_on"}  # the day that counts where the event has none
LIGHT = 16_384  # rows; below, a file costs more than the rows in it
FEW_MONTHS = 12
PERIOD = "_period"


def kept_columns(table: str) -> Schema:
    """What a part holds: the accepted columns, and a digest of the personal fields."""
    return {**columns(table), DIGEST: pl.String}


def contents(table: str, rows: pl.DataFrame) -> pl.Series:
    """Per row a number that tells all that it says; equal for equal rows.

    Hashed twice: of rows that exchange a value, the XOR has to change as well.
    """
    return rows.select(list(kept_columns(table))).hash_rows().hash()


def folded(numbers: pl.Series) -> int:
    """One number for many rows, whatever their order: the XOR of theirs."""
    return int(numbers.bitwise_xor() or 0)  # type: ignore[arg-type] # a number's type


@cache
def fingerprint() -> str:
    """Changes when equal rows have other contents: with Polars, or with a column."""
    told = [
        contents(table, pl.select(pl.lit(7).cast(k).alias(n) for n, k in kinds.items()))
        for table in INPUTS
        for kinds in [kept_columns(table)]
    ]
    return f"{pl.concat(told).implode().hash()[0]:016x}"


def periods(table: str, rows: pl.DataFrame) -> pl.Series:
    """The period of each row: 2026-10, `none` without a day, or `all` in other tables.

    In a history of many months, a year with few rows in them is kept in one piece.
    """
    event = event_column(table)
    if event is None:
        return pl.Series(PERIOD, [WHOLE]).new_from_index(0, rows.height)
    day = pl.coalesce([event, *([INSTEAD[table]] if table in INSTEAD else [])])
    months = rows.select(day.dt.truncate("1mo").alias(PERIOD)).to_series()
    names = _names(dict(months.value_counts().iter_rows()))
    return months.replace_strict(list(names), list(names.values()))


def _names(counts: Mapping[date | None, int]) -> dict[date | None, str]:
    """The periods of months, by how many rows these have."""
    years = Counter[int | None]()
    for month, count in counts.items():
        years[month.year if month else None] += count - LIGHT
    thin = {year for year, spare in years.items() if spare < 0}
    if len(counts) <= FEW_MONTHS:
        thin = set()
    elif len(thin) == len(years) and sum(counts.values()) < LIGHT * len(years):
        return dict.fromkeys(counts, WHOLE)
    return {
        month: UNDATED
        if month is None
        else f"{month:%Y}"
        if month.year in thin
        else f"{month:%Y-%m}"
        for month in counts
    }


def key_expression(table: str) -> str:
    """The key of a row as one text, as `data.schemas.key_text` has it, for DuckDB."""
    names = key_columns(table)
    if len(names) == 1:
        return quoted(names[0])
    texts = (f"coalesce(CAST({quoted(name)} AS VARCHAR), '')" for name in names)
    return f"concat_ws({SEPARATOR}, {', '.join(texts)})"


def in_order(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The order of rows within a part: by customer, so that one is found quickly."""
    named = "customer_id" in columns(table)
    return rows.sort("customer_id" if named else key_columns(table)[0])


def read(connection: DuckDBPyConnection, paths: Iterable[Path]) -> DuckDBPyRelation:
    """The rows of Parquet files; columns are found by name."""
    return connection.read_parquet([str(path) for path in paths], union_by_name=True)


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write rows as Parquet; a full disk is an OSError, which Polars hides."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="lz4")
    path.write_bytes(buffer.getbuffer())


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return f'"{name}"'
