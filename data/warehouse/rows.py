"""How a row is told from another: its key, its content, its month, its place in a part.

The same expressions serve rows that come in and rows that are kept, in DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.schemas import columns, event_column, key_columns

Schema = dict[str, pl.DataType | type[pl.DataType]]

WHOLE = "all"
UNDATED = "none"
SEPARATOR, NOTHING = "chr(31)", "chr(30)"  # control characters, which the door rejects
DIGEST = "_digest"
INSTEAD = {"surveys": "answered_on"}  # the day that counts where the event has none


def kept_columns(table: str) -> tuple[str, ...]:
    """What a part holds: the accepted columns, and a digest of the personal fields."""
    return (*columns(table), DIGEST)


def staged_schema(table: str) -> Schema:
    """The columns of rows that wait to be merged."""
    places: Schema = {"_month": pl.String, "_file": pl.Int32, "_seq": pl.Int64}
    return {**columns(table), DIGEST: pl.String, **places}


def month_of(table: str) -> pl.Expr:
    """The month of a row's part: 2026-10, `none` without a day, or `all`."""
    event = event_column(table)
    if event is None:
        return pl.lit(WHOLE)
    days = [pl.col(event), *([pl.col(INSTEAD[table])] if table in INSTEAD else [])]
    return pl.coalesce(days).dt.strftime("%Y-%m").fill_null(UNDATED)


def month_expression(table: str) -> str:
    """The same as `month_of`, for DuckDB."""
    event = event_column(table)
    if event is None:
        return f"'{WHOLE}'"
    days = ", ".join(filter(None, (event, INSTEAD.get(table))))
    return f"coalesce(strftime(coalesce({days}), '%Y-%m'), '{UNDATED}')"


def key_expression(table: str) -> str:
    """The key of a row as one text."""
    names = key_columns(table)
    if len(names) == 1:
        return quoted(names[0])
    return _joined(names, "''")


def content_expression(table: str) -> str:
    """MD5 over all that a row says; equal for equal rows on every machine."""
    return f"md5_number({_joined(kept_columns(table), NOTHING)})"


def order_expression(table: str) -> str:
    """The order of rows within a part: by customer, so that one is found quickly."""
    customer = ["customer_id"] if "customer_id" in columns(table) else []
    return ", ".join(map(quoted, dict.fromkeys((*customer, *key_columns(table)))))


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


def _joined(names: Iterable[str], nothing: str) -> str:
    texts = (f"coalesce(CAST({quoted(name)} AS VARCHAR), {nothing})" for name in names)
    return f"concat_ws({SEPARATOR}, {', '.join(texts)})"
