"""Members of the loyalty programme: how many, their accounts, and how they compare."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.programme import MemberCells, PeerCells
from metrics.estimates import CONFIDENCE, EVERYONE, normal_quantile, ratio
from metrics.frames import Result

NOBODY = "none"
COUNTS = ("members", "bought", "active", "accounts", "points", "revenue")
STRATUM = ("acquisition_channel", "tier_then", "half_year")
NO_PAIRS = "no members and others alike in tier, tenure and channel"
CENT = 0.01


class Levels(Result):
    """One row per member level: how many there are, what they bought and hold."""

    segment: pl.String = Field()
    members: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(nullable=True)
    active: pl.Int64 = Field(ge=0)
    active_share: pl.Float64 = Field(nullable=True)
    accounts: pl.Int64 = Field(ge=0)
    points: pl.Int64 = Field()
    revenue: pl.Float64 = Field()
    revenue_each: pl.Float64 = Field(nullable=True)


class Reconciliation(Result):
    """One row per segment: accounts whose balance is not what their entries come to."""

    segment: pl.String = Field()
    value: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field(ge=0)
    accounts: pl.Int64 = Field(ge=0)
    matched: pl.Int64 = Field(ge=0)
    unchecked: pl.Int64 = Field(ge=0)
    gap: pl.Int64 = Field()
    closing: pl.Int64 = Field()
    reason: pl.String = Field(nullable=True)


class Account(Result):
    """One row per member: its account, and the balance that was delivered with it."""

    customer_id: pl.String = Field()
    level: pl.String = Field()
    store: pl.String = Field(nullable=True)
    region: pl.String = Field(nullable=True)
    customer_type: pl.String = Field(nullable=True)
    acquisition_channel: pl.String = Field(nullable=True)
    tier: pl.String = Field(nullable=True)
    first_on: pl.Date = Field(nullable=True)
    last_on: pl.Date = Field(nullable=True)
    entries: pl.Int64 = Field(nullable=True)
    opening: pl.Int64 = Field(nullable=True)
    earned: pl.Int64 = Field(nullable=True)
    redeemed: pl.Int64 = Field(nullable=True)
    expired: pl.Int64 = Field(nullable=True)
    adjusted: pl.Int64 = Field(nullable=True)
    closing: pl.Int64 = Field(nullable=True)
    balance: pl.Int64 = Field(nullable=True)
    gap: pl.Int64 = Field(nullable=True)
    due: pl.Int64 = Field(nullable=True)

    class Config:
        coerce = True


class Comparison(Result):
    """One row per outcome: members against others who were alike a year ago."""

    segment: pl.String = Field()
    outcome: pl.String = Field()
    unit: pl.String = Field()
    member_mean: pl.Float64 = Field(nullable=True)
    other_mean: pl.Float64 = Field(nullable=True)
    value: pl.Float64 = Field(nullable=True)
    ci_low: pl.Float64 = Field(nullable=True)
    ci_high: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field(ge=0)
    others: pl.Int64 = Field(ge=0)
    unmatched: pl.Int64 = Field(ge=0)
    strata: pl.Int64 = Field(ge=0)
    design: pl.String = Field()
    reason: pl.String = Field(nullable=True)


class Moves(Result):
    """One row per tier a year ago and now: the members who made that move."""

    tier_from: pl.String = Field()
    tier_to: pl.String = Field()
    customers: pl.Int64 = Field(ge=0)


def loyalty_members(cells: LazyFrame[MemberCells]) -> DataFrame[Levels]:
    """Members by level: how many, who bought in the year, points held, revenue.

    Formula: a member is a customer with a member level or an entry in the points ledger
        (level `unknown`, where none is stated); active: a purchase in the year past;
        `none` is the customers who are no members, who have bought at some time
    Interval: none, these are counts
    Grain: one row per level, all members (`all`), and the others (`none`)
    Units: customers; share of members; points held; net revenue of the trailing year
    Source: the customers and points tables themselves
    """
    found = cells.collect()
    levels = found.group_by(pl.col("level").alias("segment")).agg(pl.sum(*COUNTS))
    inside = levels.filter(pl.col("segment") != NOBODY)
    everyone = inside.select(pl.lit(EVERYONE).alias("segment"), pl.sum(*COUNTS))
    others = levels.filter(pl.col("segment") == NOBODY).with_columns(
        pl.col("bought").alias("members")
    )
    told = pl.concat([_ranked(inside), everyone, others]) if inside.height else inside
    total = pl.lit(int(inside["members"].sum()), pl.Int64)
    is_member = pl.col("segment") != NOBODY
    return Levels.validate(
        told.with_columns(
            pl.when(is_member).then(ratio(pl.col("members"), total)).alias("share"),
            ratio(pl.col("active"), pl.col("members")).alias("active_share"),
            ratio(pl.col("revenue"), pl.col("members")).alias("revenue_each"),
        ).select(*Levels.to_schema().columns)
    )


def points_reconciliation(cells: LazyFrame[MemberCells]) -> DataFrame[Reconciliation]:
    """Points reconciliation: accounts that do not add up, of those that can be checked.

    Formula: per account: opening + earned - redeemed - expired + adjusted (signed) =
        closing, against the balance delivered with its last entry. The opening balance
        is that before the first entry, never below 0. Without a delivered balance an
        account is unchecked
    Interval: none, these are counts
    Grain: one row: value = mismatched, n = checked, accounts, matched, unchecked, gap =
        delivered less computed points, closing = computed points
    Units: accounts; points
    Source: the entries of the points ledger themselves
    """
    sums = ("accounts", "checked", "mismatched", "gap", "points")
    row = cells.select(pl.sum(*sums)).collect()
    none = row["checked"][0] == 0
    why = "no entry of points has a balance" if none else None
    value = pl.col("mismatched").cast(pl.Float64)
    return Reconciliation.validate(
        row.select(
            pl.lit(EVERYONE).alias("segment"),
            pl.when(pl.lit(not none)).then(value).alias("value"),
            pl.col("checked").alias("n"),
            "accounts",
            (pl.col("checked") - pl.col("mismatched")).alias("matched"),
            (pl.col("accounts") - pl.col("checked")).alias("unchecked"),
            "gap",
            pl.col("points").alias("closing"),
            pl.lit(why, pl.String).alias("reason"),
        )
    )


def member_accounts(accounts: pl.DataFrame) -> DataFrame[Account]:
    """Member accounts: members with their points, or those whose account is wrong.

    Formula: per account: opening + earned - redeemed - expired + adjusted = closing;
        gap = balance delivered with the last entry, less closing; due = points held
        that expire in the month asked for
    Interval: none
    Grain: one row per member: all of them, of a level, the mismatched, the unchecked,
        or those with points that expire in a month
    Units: points; days
    Source: the entries of the points ledger themselves
    """
    return Account.validate(accounts)


def member_comparison(
    peers: LazyFrame[PeerCells], *, confidence: float = CONFIDENCE
) -> DataFrame[Comparison]:
    """Members and look-alikes: what members bought in a year, against others alike.

    Formula: strata of tier a year ago x half-year of the first purchase x acquisition
        channel; sum over strata of members' share x (mean of members - mean of others);
        only strata with at least 2 of each. It describes: members chose to join, so the
        difference is not what membership causes. Not matched: region, type, age, need
    Interval: normal, from the variances within strata, 95%
    Grain: one row per outcome: conversion = bought in the year, revenue = net revenue
        of the year per customer; n = members matched, others, unmatched members
    Units: share; currency per customer
    Source: Rosenbaum, Rubin, Journal of the American Statistical Association 79 (1984)
    """
    sides = ("customers", "buyers", "revenue", "squares")
    known = peers.filter(pl.col("side").is_in(["member", "other"]))
    rows = known.group_by(*STRATUM, "side").agg(pl.sum(*sides)).collect()
    member, other = (
        rows.filter(pl.col("side") == side).drop("side") for side in ("member", "other")
    )
    pairs = member.join(other, on=STRATUM, suffix="_other")
    enough = (pl.col("customers") > 1) & (pl.col("customers_other") > 1)
    pairs = pairs.filter(enough).sort(STRATUM)  # sums in one order: equal digits
    total = int(member["customers"].sum())
    told = [_compared(pairs, outcome, total, confidence) for outcome in OUTCOMES]
    schema = {k: v.dtype.type for k, v in Comparison.to_schema().columns.items()}
    return Comparison.validate(pl.DataFrame(told, schema=schema))


def member_moves(peers: LazyFrame[PeerCells]) -> DataFrame[Moves]:
    """Up- and downgrades of members: their tier a year ago against their tier now.

    Formula: members with an entry in the points ledger, or a level, who had bought a
        year ago; tiers by trailing annual spend (scheme `spend`), as member levels come
        without a history
    Interval: none, these are counts
    Grain: one row per tier then and tier now
    Units: customers
    Source: the rules of the tiers
    """
    members = peers.filter(pl.col("side") != "other")
    named = (pl.col("tier_then").alias("tier_from"), pl.col("tier").alias("tier_to"))
    found = members.group_by(*named).agg(pl.sum("customers"))
    return Moves.validate(found.sort("tier_from", "tier_to").collect())


OUTCOMES = {"conversion": "share", "revenue": "money"}


def _ranked(levels: pl.DataFrame) -> pl.DataFrame:
    """Levels as customers climb them: from the least revenue per member to the most."""
    each = ratio(pl.col("revenue"), pl.col("members"))
    return levels.sort(each, "segment", nulls_last=True)


def _compared(
    pairs: pl.DataFrame, outcome: str, total: int, confidence: float
) -> dict[str, object]:
    told: dict[str, object] = {"segment": EVERYONE, "outcome": outcome}
    told |= {"unit": OUTCOMES[outcome], "design": "matched"}
    weights = pairs["customers"].cast(pl.Float64)
    n = int(pairs["customers"].sum())
    told |= {"n": n, "others": int(pairs["customers_other"].sum())}
    told |= {"unmatched": total - n, "strata": pairs.height}
    if not n:
        return {**told, "reason": NO_PAIRS}
    parts = weights / weights.sum()
    mean, variance = _moments(pairs, outcome, "")
    mean_other, variance_other = _moments(pairs, outcome, "_other")
    members, others = float((parts * mean).sum()), float((parts * mean_other).sum())
    spread = variance / weights + variance_other / pairs["customers_other"]
    error = float((parts * parts * spread).sum()) ** 0.5
    half = normal_quantile(confidence) * error if error else None
    low, high = (None, None) if half is None else _around(members - others, half)
    means = {"member_mean": members, "other_mean": others, "value": members - others}
    return {**told, **means, "ci_low": low, "ci_high": high, "reason": None}


def _around(value: float, half: float) -> tuple[float, float]:
    return value - half, value + half


def _moments(
    pairs: pl.DataFrame, outcome: str, side: str
) -> tuple[pl.Series, pl.Series]:
    """Mean and variance (n - 1) of an outcome in each stratum."""
    n = pairs[f"customers{side}"].cast(pl.Float64)
    if outcome == "conversion":
        share = pairs[f"buyers{side}"].cast(pl.Float64) / n
        return share, share * (1 - share) * n / (n - 1)
    whole, total, squares = (
        pairs[f"{name}{side}"].cast(pl.Int128)
        for name in ("customers", "revenue", "squares")
    )
    centred = (whole * squares - total * total).cast(pl.Float64)  # exact, in cents
    return CENT * total.cast(pl.Float64) / n, CENT**2 * centred / (n * (n - 1))
