"""When and through which channels do customers buy?"""

from collections.abc import Sequence
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.person import TimedOrders
from metrics.estimates import exact_sum, ratio
from metrics.frames import Result

ONLINE, OFFLINE, UNKNOWN = "online", "offline", "unknown"
PLACES: Final = (ONLINE, OFFLINE, UNKNOWN)


class TimePattern(Result):
    """One row per weekday and hour: how many purchases, and their share of all."""

    weekday: pl.Int64 = pa.Field(ge=1, le=7)
    hour: pl.Int64 = pa.Field(ge=0, le=23)
    orders: pl.Int64 = pa.Field(ge=0)
    share: pl.Float64 = pa.Field(nullable=True)


class OrderChannels(Result):
    """One row per sales channel, and per kind of them: purchases, revenue, shares."""

    segment: pl.String = pa.Field()
    place: pl.String = pa.Field(isin=PLACES)
    total: pl.Boolean = pa.Field()
    orders: pl.Int64 = pa.Field(ge=0)
    share: pl.Float64 = pa.Field(nullable=True)
    revenue: pl.Float64 = pa.Field()
    revenue_share: pl.Float64 = pa.Field(nullable=True)


def time_pattern(orders: LazyFrame[TimedOrders]) -> DataFrame[TimePattern]:
    """Time pattern: purchases by weekday and hour of the day.

    Formula: purchases of the window on the weekday in the hour / purchases whose time
        of day is known
    Grain: one row per weekday (1 Monday to 7) and hour (0 to 23) of the business's
        clock, all 168 of them: orders, share
    Units: purchases; share, 0 to 1
    Source: orders that count as purchases; dates without a time are left out
    """
    hours = pl.LazyFrame({"hour": range(24)}, schema={"hour": pl.Int64})
    days = pl.LazyFrame({"weekday": range(1, 8)}, schema={"weekday": pl.Int64})
    sums = (
        orders.drop_nulls(["weekday", "hour"])
        .group_by("weekday", "hour")
        .agg(pl.col("orders").sum())
    )
    every = days.join(hours, how="cross").join(sums, on=["weekday", "hour"], how="left")
    known = every.with_columns(pl.col("orders").fill_null(0))
    share = ratio(pl.col("orders"), pl.col("orders").sum()).alias("share")
    shown = known.with_columns(share).sort("weekday", "hour")
    return TimePattern.validate(
        shown.select("weekday", "hour", "orders", "share").collect()
    )


def order_channels(
    orders: LazyFrame[TimedOrders], *, offline: Sequence[str]
) -> DataFrame[OrderChannels]:
    """Sales channels: purchases and net revenue by channel, online and offline.

    Formula: purchases (net revenue) of the channel / of all channels; a channel of the
        setting `offline_channels` is offline, a named other one online
    Grain: one row per kind (online, offline, unknown) with `total`, then one per
        channel: orders, share, revenue, revenue_share
    Units: purchases; currency; shares, 0 to 1
    Source: orders that count as purchases, and their channel
    """
    channel = pl.col("channel")
    place = (
        pl.when(channel == UNKNOWN)
        .then(pl.lit(UNKNOWN))
        .when(channel.is_in(list(offline)))
        .then(pl.lit(OFFLINE))
        .otherwise(pl.lit(ONLINE))
        .alias("place")
    )
    sums = pl.col("orders").sum(), exact_sum(pl.col("revenue")).alias("revenue")
    each = orders.group_by(channel.alias("segment"), place).agg(*sums).collect()
    kinds = each.group_by("place").agg(*sums)
    whole = each.select(*sums).row(0, named=True)
    parts = [
        kinds.select(pl.col("place").alias("segment"), "place", "orders", "revenue"),
        each,
    ]
    shares = (
        ratio(pl.col(name), pl.lit(whole[name])).alias(into)
        for name, into in (("orders", "share"), ("revenue", "revenue_share"))
    )
    columns = list(OrderChannels.to_schema().columns)
    marked = [
        rows.with_columns(pl.lit(total).alias("total"))
        for rows, total in zip(parts, (True, False), strict=True)
    ]
    told = pl.concat(marked).with_columns(*shares).select(columns)
    by = ["total", "orders", "segment"]
    return OrderChannels.validate(told.sort(by, descending=[True, True, False]))
