"""Who moved between tiers, and how do two schemes of tiers fit together?"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import TierMoves, TierPairs, TierStays, TwoTiers
from data.tiers import TierRule
from metrics.estimates import ratio
from metrics.tier_frames import (
    TierCross,
    TierHistory,
    TierMigration,
    TierMove,
    TierSimulation,
)
from metrics.tier_rules import UNIT

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

    Formula: count and net revenue of the window by pair of tiers; customer_share is
        that of the first scheme's tier
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


def tier_moves(
    customers: LazyFrame[TierMoves], *, order: Sequence[str]
) -> DataFrame[TierMove]:
    """Tier moves: the customers behind the migration, those with most money first.

    Formula: tier and net revenue of the 365 days up to each of two dates
    Interval: none, every customer is told
    Grain: one row per customer: customer_id, tier_from, tier_to, move (same, up, down,
        new, gone), revenue_from, revenue_to
    Units: currency
    Source: the orders and the tier rules of the settings
    """
    money = pl.col("revenue_from", "revenue_to").cast(pl.Float64)
    largest = pl.max_horizontal("revenue_from", "revenue_to")
    told = customers.with_columns(money, _move(order).alias("move"))
    rows = told.sort(largest, "customer_id", descending=[True, False], nulls_last=True)
    return TierMove.validate(rows.select(*TierMove.to_schema().columns).collect())


def tier_history(stays: LazyFrame[TierStays], *, as_of: date) -> DataFrame[TierHistory]:
    """Tier history: the stays of each customer in the tiers of a scheme.

    Formula: the tier as of each month end and the last day; a stay begins on the first
        of these dates in a tier and ends on the first one no more in it; one that lasts
        has no end
    Interval: none, every customer is told
    Grain: one row per customer and stay: customer_id, scheme, version, tier, from_on,
        until_on
    Units: days of the calendar
    Source: the orders and the tier rules of the settings
    """
    ended = pl.when(pl.col("until_on") <= as_of).then(pl.col("until_on"))
    known = stays.filter(pl.col("from_on") <= as_of)
    rows = known.with_columns(ended.alias("until_on")).sort("customer_id", "from_on")
    return TierHistory.validate(rows.select(*TierHistory.to_schema().columns).collect())


def tier_simulation(
    customers: LazyFrame[TwoTiers],
    *,
    rules: Sequence[TierRule],
    order: Sequence[str],
    revenue: float,
) -> DataFrame[TierSimulation]:
    """Tier simulation: what changed rules would do, before they are saved.

    Formula: customers, share of the net revenue of the trailing 365 days (`revenue`, in
        which orders without a customer count too), and contacts a year (customers times
        the contacts that a tier's `care` asks for), by the rules in force and by the
        changed ones
    Interval: none, every customer is counted
    Grain: one row per tier: segment, customers, customers_then, revenue_share,
        revenue_share_then, contacts, contacts_then
    Units: customers; shares, 0 to 1; contacts a year
    Source: the orders and the tier rules of the settings
    """
    care = {rule.name: sum(rule.care.values()) for rule in rules}
    tiers = pl.LazyFrame({"segment": list(order)})
    now, then = (_held(customers, name) for name in ("now", "then"))
    rows = tiers.join(now, on="segment", how="left", maintain_order="left").join(
        then, on="segment", how="left", maintain_order="left", suffix="_then"
    )
    filled = rows.with_columns(pl.col("^(customers|revenue).*$").fill_null(0))
    each = pl.col("segment").replace_strict(care, return_dtype=pl.Int64)
    told = [
        part
        for end in ("", "_then")
        for part in (
            ratio(pl.col(f"revenue{end}"), pl.lit(revenue)).alias(
                f"revenue_share{end}"
            ),
            (each * pl.col(f"customers{end}")).alias(f"contacts{end}"),
        )
    ]
    columns = TierSimulation.to_schema().columns
    shown = filled.with_columns(told).select(*columns)
    return TierSimulation.validate(shown.collect())


def _held(customers: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return customers.group_by(segment=name).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        (pl.col("annual_spend").sum() / UNIT).alias("revenue"),
    )


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
