"""An accepted row as text and back, to the last digit: for rows that have to wait."""

from collections.abc import Sequence

import polars as pl

from data.schemas import accepted_columns


def written(table: str, rows: pl.DataFrame) -> pl.Series:
    """Each row's columns of the contract as one JSON text."""
    cells = [_as_text(name, kind) for name, kind in accepted_columns(table).items()]
    return rows.select(pl.struct(cells).struct.json_encode()).to_series()


def read_back(table: str, texts: Sequence[str]) -> pl.DataFrame:
    """The rows that `written` wrote."""
    kinds = accepted_columns(table)
    known = pl.Struct(dict.fromkeys(kinds, pl.String))
    cells = pl.DataFrame({"row": pl.Series(list(texts), dtype=pl.String)})
    rows = cells.select(pl.col("row").str.json_decode(known)).unnest("row")
    return rows.select(_as_kind(name, kind) for name, kind in kinds.items())


def _number(kind: pl.DataType) -> pl.DataType:
    """Times and truth values are written as numbers, others as they are."""
    if kind.is_temporal():
        return pl.Int64() if isinstance(kind, pl.Datetime) else pl.Int32()
    return pl.Int8() if kind == pl.Boolean else kind


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(_number(kind)).cast(pl.String)


def _as_kind(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(_number(kind)).cast(kind)
