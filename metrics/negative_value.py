"""How many customers cost more than they bring?"""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import ValueCells
from metrics.estimates import EVERYONE, exact_sum, ratio, segments
from metrics.frames import NegativeValue


def negative_clv(
    cells: LazyFrame[ValueCells], *, by: str = EVERYONE
) -> DataFrame[NegativeValue]:
    """Customers with a negative CLV: they cost more than they bring.

    Formula: count of customers with CLV < 0; share = count / customers valued; total =
        the sum of their CLV
    Interval: none, every customer is counted by its expected value
    Grain: one row per segment of `by`: segment, value, n = customers valued, ci_low,
        ci_high (both null), share, total
    Units: customers; share, 0 to 1; currency
    Source: as CLV, with the unit costs of the settings
    """
    people = pl.col("customers", "negative").sum()
    rows = segments(cells, by, people, exact_sum(pl.col("loss")))
    count, unknown = pl.col("negative"), pl.lit(None, pl.Float64)
    return NegativeValue.validate(
        rows.select(
            "segment",
            count.cast(pl.Float64).alias("value"),
            pl.col("customers").alias("n"),
            unknown.alias("ci_low"),
            unknown.alias("ci_high"),
            ratio(count, pl.col("customers")).alias("share"),
            pl.col("loss").alias("total"),
        ).collect()
    )
