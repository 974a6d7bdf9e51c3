"""Growth accounting: who came, who stayed, who came back, who left, month by month."""

from collections.abc import Sequence

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import PurchaseCells
from metrics.estimates import EVERYONE, ratio
from metrics.frames import Growth

COUNTED = ("buyers", "returning_buyers", "previous_buyers", "lost_buyers")


def growth_accounting(
    cells: LazyFrame[PurchaseCells], *, months: Sequence[str], by: str = EVERYONE
) -> DataFrame[Growth]:
    """Growth accounting: each month's buyers are new, retained or resurrected.

    Formula: buyers = buyers of the month before + new + resurrected - lapsed;
        quick ratio = (new + resurrected) / lapsed, null where nobody lapsed
    Interval: none, these are counts
    Grain: one row per month of `months` and segment of `by`: month, segment, buyers,
        before = buyers of the month before, new = first purchase ever, judged on all
        customers, retained = bought in both months, resurrected = the other buyers,
        lapsed = the other buyers of the month before, quick_ratio. Who moves between
        segments, or had the month before refunded, counts in net: with the resurrected
        or with the lapsed
    Units: customers; the quick ratio is a ratio
    Source: Social Capital, "Diligence at Social Capital: Accounting for User Growth"
        (2015)
    """
    rows = _every_month(_sums(cells, by), months).with_columns(
        pl.col("buyers").shift(1, fill_value=0).over("segment").alias("before"),
        (pl.col("buyers") - pl.col("returning_buyers")).alias("new"),
    )
    stayed = pl.min_horizontal("previous_buyers", "before") - pl.col("lost_buyers")
    split = rows.with_columns(stayed.clip(lower_bound=0).alias("retained"))
    flows = split.with_columns(
        (pl.col("buyers") - pl.col("new") - pl.col("retained")).alias("resurrected"),
        (pl.col("before") - pl.col("retained")).alias("lapsed"),
    )
    won = pl.col("new") + pl.col("resurrected")
    return Growth.validate(
        flows.with_columns(ratio(won, pl.col("lapsed")).alias("quick_ratio"))
        .select(*Growth.to_schema().columns)
        .collect()
    )


def _sums(cells: pl.LazyFrame, by: str) -> pl.LazyFrame:
    segment = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    month = pl.col("as_of").dt.strftime("%Y-%m").alias("month")
    return cells.group_by(month, segment.alias("segment")).agg(pl.sum(*COUNTED))


def _every_month(sums: pl.LazyFrame, months: Sequence[str]) -> pl.LazyFrame:
    """A row for each month of each segment, so that each follows the one before."""
    given = pl.LazyFrame({"month": months}, schema={"month": pl.String})
    segments = sums.select("segment").unique()
    rows = given.join(segments, how="cross").join(
        sums, on=["month", "segment"], how="left"
    )
    return rows.with_columns(pl.col(*COUNTED).fill_null(0)).sort("segment", "month")
