"""How much of what was delivered could be used."""

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from metrics.customers import NO_INTERVAL
from metrics.estimates import EVERYONE, estimates, ratio, segments
from metrics.frames import Estimate


class Deliveries(pa.DataFrameModel):
    """One row per file of the last refresh: its rows, and those in quarantine."""

    table: pl.String = pa.Field()
    rows_in: pl.Int64 = pa.Field(ge=0)
    quarantined: pl.Int64 = pa.Field(ge=0)


def accepted_share(
    files: LazyFrame[Deliveries], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Accepted share: rows of the last refresh that went in, or were in already.

    Formula: (rows in less rows quarantined) / rows in
    Interval: none, every row is counted
    Grain: one row per segment of `by`: segment, value, n = rows in, ci_low, ci_high
    Units: share, 0 to 1
    Source: the report of the last refresh
    """
    n, out = pl.col("rows_in"), pl.col("quarantined")
    rows = segments(files, by, n.sum(), out.sum())
    value = ratio(n - out, n).alias("value")
    return estimates(rows.with_columns(value, n.alias("n"), *NO_INTERVAL))


class Holdings(pa.DataFrameModel):
    """One row per input table: the rows that the snapshot holds."""

    table: pl.String = pa.Field()
    rows: pl.Int64 = pa.Field(ge=0)


def rows_held(
    tables: LazyFrame[Holdings], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Rows held: accepted rows that the data stand on, the latest of each key.

    Formula: count of accepted rows
    Interval: none, it is a count
    Grain: one row per segment of `by`: segment, value, n = rows, ci_low, ci_high
    Units: rows
    Source: the accepted rows of every refresh
    """
    n = pl.col("rows")
    rows = segments(tables, by, n.sum())
    value = n.cast(pl.Float64).alias("value")
    return estimates(rows.with_columns(value, n.alias("n"), *NO_INTERVAL))
