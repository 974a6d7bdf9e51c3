"""Who moved between tiers, and how do two schemes of tiers fit together?"""

from collections.abc import Sequence

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import TierMoves, TierPairs
from metrics.estimates import ratio
from metrics.frames import TierCross, TierMigration

NEW, GONE = "new", "gone"


def tier_migration(
    cells: LazyFrame[TierMoves], *, order: Sequence[str]
) -> DataFrame[TierMigration]:
    """Tier migration: customers by tier on an earlier and on the as-of date.

    Formula: count and net revenue of the 365 days up to each date, by pair of tiers;
        rows sum to the earlier distribution, columns to the later one. `new`: without a
        purchase up to the earlier date; `gone`: without one left, all being refunded
    Interval: none, every customer is counted
    Grain: one row per pair of tiers that occurs: tier_from, tier_to, move (same, up,
        down, new, gone), customers, revenue_from, revenue_to
    Units: customers; currency
    Source: the orders and the tier rules of the settings
    """
    pairs = cells.group_by("tier_from", "tier_to").agg(
        pl.col("customers").sum(), *map(_money, ("revenue_from", "revenue_to"))
    )
    moved = pairs.with_columns(_move(order).alias("move")).sort(
        _height("tier_from", order), _height("tier_to", order)
    )
    columns = TierMigration.to_schema().columns
    return TierMigration.validate(moved.select(*columns).collect())


def tier_crosswalk(
    cells: LazyFrame[TierPairs], *, order: Sequence[str], other: Sequence[str]
) -> DataFrame[TierCross]:
    """Scheme crosswalk: customers by tier of one scheme and tier of another.

    Formula: count and net revenue of the window by pair of tiers; customer_share is that
        of the first scheme's tier
    Interval: none, every customer is counted
    Grain: one row per pair of tiers that occurs: tier, other_tier, customers,
        customer_share, revenue
    Units: customers; shares, 0 to 1; currency
    Source: the orders and the tier rules of the settings
    """
    pairs = cells.group_by(tier="held", other_tier="other").agg(
        pl.col("customers").sum(), _money("revenue")
    )
    count = pl.col("customers")
    rows = pairs.with_columns(
        ratio(count, count.sum().over("tier")).alias("customer_share")
    ).sort(_height("tier", order), _height("other_tier", other))
    return TierCross.validate(rows.select(*TierCross.to_schema().columns).collect())


def _money(name: str) -> pl.Expr:
    """A sum that stays unknown where nothing is known."""
    known = pl.col(name).is_not_null().any()
    return pl.when(known).then(pl.col(name).sum().cast(pl.Float64)).alias(name)


def _height(name: str, order: Sequence[str]) -> pl.Expr:
    """The place from the highest tier down; newcomers and leavers come last."""
    places = {tier: place for place, tier in enumerate((*order, NEW, GONE))}
    return pl.col(name).replace_strict(places, return_dtype=pl.Int32)


def _move(order: Sequence[str]) -> pl.Expr:
    before, after = _height("tier_from", order), _height("tier_to", order)
    return (
        pl.when(pl.col("tier_from") == NEW)
        .then(pl.lit(NEW))
        .when(pl.col("tier_to") == GONE)
        .then(pl.lit(GONE))
        .when(before == after)
        .then(pl.lit("same"))
        .when(after < before)
        .then(pl.lit("up"))
        .otherwise(pl.lit("down"))
    )
