"""How many customers are in each tier, and what are they worth?"""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import TierCells, ValueCells
from metrics.clv import NET
from metrics.estimates import exact_sum, ratio
from metrics.tier_frames import TierShares

MONEY = ("revenue", "margin")


def tier_distribution(
    cells: LazyFrame[TierCells],
    values: LazyFrame[ValueCells] | None = None,
    *,
    by: str = "tier",
) -> DataFrame[TierShares]:
    """Tier distribution: customers, revenue, margin and lifetime value per tier.

    Formula: sums over the customers of a tier as at the as-of date / sums over all;
        clv = as of CLV
    Interval: none, every customer is counted
    Grain: one row per tier: segment, customers, customer_share, revenue, revenue_share,
        margin, margin_share, clv
    Units: customers; currency; shares, 0 to 1
    Source: the orders and the tier rules of the settings
    """
    tier = pl.col(by).cast(pl.String).alias("segment")
    people = pl.col("customers")
    money = pl.col(MONEY).sum().cast(pl.Float64)
    sums = cells.group_by(tier).agg(people.sum(), money).sort("segment")
    shares = [
        ratio(pl.col(name), exact_sum(pl.col(name))).alias(share)
        for name, share in (
            ("customers", "customer_share"),
            ("revenue", "revenue_share"),
            ("margin", "margin_share"),
        )
    ]
    worth = _mean_value(values, by)
    rows = sums.join(worth, on="segment", how="left", maintain_order="left")
    columns = TierShares.to_schema().columns
    shown = rows.with_columns(shares).sort("segment").select(*columns)
    return TierShares.validate(shown.collect())


def _mean_value(values: pl.LazyFrame | None, by: str) -> pl.LazyFrame:
    if values is None:
        return pl.LazyFrame(schema={"segment": pl.String, "clv": pl.Float64})
    worth = exact_sum(NET)
    clv = ratio(worth, pl.col("customers").sum()).alias("clv")
    return values.group_by(pl.col(by).cast(pl.String).alias("segment")).agg(clv)
