"""What, where and when does a customer prefer to buy?"""

from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.person import Bought
from metrics.estimates import ratio
from metrics.frames import Result

HABITS: Final = ("category", "channel", "store", "weekday", "hour")


class Preferences(Result):
    """One row per habit and its value: how many purchases, their share, their place."""

    habit: pl.String = pa.Field(isin=HABITS)
    segment: pl.String = pa.Field()
    orders: pl.Int64 = pa.Field(gt=0)
    share: pl.Float64 = pa.Field(ge=0, le=1)
    revenue: pl.Float64 = pa.Field()
    place: pl.Int64 = pa.Field(ge=1)


def customer_preferences(bought: LazyFrame[Bought]) -> DataFrame[Preferences]:
    """Preferences: what a customer buys most often, where, and at what time.

    Formula: purchases with the value / purchases that tell it; the preferred one has
        the most purchases, among equals the highest net revenue, then the first name
    Grain: one row per habit (category, channel, store, weekday, hour) and value:
        orders, share, revenue, place (1 is the preferred one)
    Units: purchases; share, 0 to 1; currency; weekday 1 (Monday) to 7, hour 0 to 23 on
        the business's clock
    Source: the customer's purchases
    """
    rows = bought.collect()
    found = [_ranked(rows, habit) for habit in HABITS]
    return Preferences.validate(pl.concat([Preferences.empty(), *found]))


def _ranked(rows: pl.DataFrame, habit: str) -> pl.DataFrame:
    told = rows.drop_nulls(habit).group_by(pl.col(habit).alias("value"))
    sums = told.agg(
        pl.len().cast(pl.Int64).alias("orders"), pl.col("revenue").sum()
    ).sort("orders", "revenue", "value", descending=[True, True, False])
    return sums.select(
        pl.lit(habit).alias("habit"),
        pl.col("value").cast(pl.String).alias("segment"),
        "orders",
        ratio(pl.col("orders"), pl.col("orders").sum()).alias("share"),
        "revenue",
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("place"),
    )
