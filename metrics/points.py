"""The points of the loyalty programme: the ledger, what is redeemed, lost and owed."""

import polars as pl
from pandera.polars import Field
from pandera.typing.polars import DataFrame, LazyFrame
from polars.lazyframe.group_by import LazyGroupBy

from data.schemas.programme import ProgrammeCells
from metrics.estimates import EVERYONE, ratio
from metrics.frames import Result

YEAR = 12
NEVER, NO_LOT = 999_999, 0
MOVES = ("earned", "redeemed", "expired", "adjusted")
NO_COST = "no unit cost in the settings: set unit_cost in [points]"
NO_LOTS = "no points have passed their expiry date"
NO_EARNED = "no points were earned"


class Ledger(Result):
    """One row per month: what was on the accounts, what came and went."""

    month: pl.String = Field()
    opening: pl.Int64 = Field()
    earned: pl.Int64 = Field()
    redeemed: pl.Int64 = Field()
    expired: pl.Int64 = Field()
    adjusted: pl.Int64 = Field()
    closing: pl.Int64 = Field()


class PointShare(Result):
    """One row per segment: a share of points, and the points behind it."""

    segment: pl.String = Field()
    value: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field(ge=0)
    part: pl.Int64 = Field()
    whole: pl.Int64 = Field()
    reason: pl.String = Field(nullable=True)


class Liability(Result):
    """One row per segment: points held, those expected to be redeemed, their cost."""

    segment: pl.String = Field()
    value: pl.Float64 = Field(nullable=True)
    n: pl.Int64 = Field()
    breakage: pl.Float64 = Field(nullable=True)
    expected: pl.Float64 = Field(nullable=True)
    unit_cost: pl.Float64 = Field(nullable=True)
    reason: pl.String = Field(nullable=True)


class Expiry(Result):
    """One row per month to come: points that expire in it, unless they are used."""

    month: pl.String = Field()
    accounts: pl.Int64 = Field(ge=0)
    points: pl.Int64 = Field(ge=0)
    share: pl.Float64 = Field(nullable=True)


def points_ledger(cells: LazyFrame[ProgrammeCells], *, until: int) -> DataFrame[Ledger]:
    """Points ledger: what members held, earned, redeemed and lost, month by month.

    Formula: closing = opening + earned - redeemed - expired + adjusted (signed); the
        opening balance of a month is the closing one of the month before
    Interval: none, these are sums
    Grain: one row per calendar month from the first entry to `until`
    Units: points
    Source: the entries of the points ledger themselves
    """
    found = cells.collect()
    first = found.filter(pl.col("kind").is_in(ENTRIES))["month"].min()
    start = until + 1 if first is None else int(str(first))
    numbers = pl.int_range(start, until + 1, eager=True, dtype=pl.Int64)
    opening = _sum(found, "opening")
    moved = _moves(found)
    rows = pl.DataFrame({"number": numbers}).join(
        moved, left_on="number", right_on="month", how="left"
    )
    rows = rows.with_columns(pl.col(*MOVES).fill_null(0)).sort("number")
    closing = opening + _change().cum_sum()
    return Ledger.validate(
        rows.with_columns(closing.alias("closing"))
        .with_columns((pl.col("closing") - _change()).alias("opening"))
        .select(month_text("number").alias("month"), "opening", *MOVES, "closing")
    )


def redemption_rate(
    cells: LazyFrame[ProgrammeCells], *, until: int, by: str = EVERYONE
) -> DataFrame[PointShare]:
    """Redemption rate: points redeemed for each point earned, in a year.

    Formula: points redeemed / points earned, both in the twelve calendar months that
        end with that of the as-of date. Points of earlier years are redeemed too, so it
        may exceed 1
    Interval: none: the points of one member are not independent
    Grain: one row per segment of `by`: value, n = entries that redeem, part = points
        redeemed, whole = points earned
    Units: share
    Source: the entries of the points ledger themselves
    """
    year = cells.filter(pl.col("month") > until - YEAR, pl.col("month") <= until)
    return _share(year, ("redeem", "earn"), by, NO_EARNED)


def breakage(
    cells: LazyFrame[ProgrammeCells], *, until: int, by: str = EVERYONE
) -> DataFrame[PointShare]:
    """Breakage: of points whose expiry date has passed, the share that expired unused.

    Formula: points expired / points gained in lots whose expiry date is not after the
        as-of date
    Interval: none: the points of one member are not independent
    Grain: one row per segment of `by`: value, n = entries that expire points, part =
        points expired, whole = points of those lots
    Units: share, 0 to 1
    Source: IFRS 15, B44-B47 (customers' unexercised rights)
    """
    known = cells.filter(pl.col("month") <= until)
    return _share(known, ("expire", "lot"), by, NO_LOTS)


def points_liability(
    cells: LazyFrame[ProgrammeCells],
    *,
    until: int,
    unit_cost: float | None,
    by: str = EVERYONE,
) -> DataFrame[Liability]:
    """Points liability: what the points that members hold are expected to cost.

    Formula: points held x unit cost x (1 - breakage); points held = opening balances +
        all entries up to the as-of date; breakage is that of everyone in view
    Interval: none: it is as good as the unit cost and the breakage of the past
    Grain: one row per segment of `by`: value = cost, n = points held, breakage,
        expected = points held x (1 - breakage), unit_cost; without a unit cost in the
        settings the cost is unknown
    Units: currency; points
    Source: IFRS 15, B44-B47 (customers' unexercised rights)
    """
    lost = breakage(cells, until=until)["value"][0]
    cost = pl.lit(unit_cost, pl.Float64)
    kept = pl.col("kind").is_in([*ENTRIES, "opening"]) & (pl.col("month") <= until)
    held = pl.col("points").filter(kept).sum().alias("n")
    why = NO_LOTS if lost is None else NO_COST if unit_cost is None else None
    expected = pl.col("n").cast(pl.Float64) * (1 - pl.lit(lost, pl.Float64))
    return Liability.validate(
        _segments(cells, by)
        .agg(held)
        .sort("segment")
        .with_columns(pl.lit(lost, pl.Float64).alias("breakage"))
        .with_columns(expected.alias("expected"), cost.alias("unit_cost"))
        .with_columns((pl.col("expected") * cost).alias("value"))
        .with_columns(pl.lit(why, pl.String).alias("reason"))
        .select(*Liability.to_schema().columns)
        .collect()
    )


def points_expiry(cells: LazyFrame[ProgrammeCells]) -> DataFrame[Expiry]:
    """Expiry calendar: points that expire in each month to come, unless they are used.

    Formula: per member the points held are what is left of the lots that expire last
        (first in, first out by expiry date); summed by month of expiry
    Interval: none, these are sums
    Grain: one row per month; `never` is points without an expiry date, `none` those
        that no lot accounts for: past their date but not taken off, or an opening
        balance
    Units: points; accounts; share of all points held
    Source: the entries of the points ledger themselves
    """
    due = (
        cells.filter(pl.col("kind") == "due")
        .group_by("month")
        .agg(pl.sum("n").alias("accounts"), pl.sum("points"))
        .sort("month")
    )
    named = (
        pl.when(pl.col("month") == NEVER)
        .then(pl.lit("never"))
        .when(pl.col("month") == NO_LOT)
        .then(pl.lit("none"))
        .otherwise(month_text("month"))
    )
    share = ratio(pl.col("points"), pl.sum("points"))
    return Expiry.validate(
        due.select(
            named.alias("month"), "accounts", "points", share.alias("share")
        ).collect()
    )


ENTRIES = ("earn", "redeem", "expire", "adjust")


def month_text(column: str) -> pl.Expr:
    """A month's number (12 x year + month - 1) as 2026-10."""
    number = pl.col(column)
    month = (number % 12 + 1).cast(pl.String).str.zfill(2)
    return pl.format("{}-{}", number // 12, month)


def _moves(found: pl.DataFrame) -> pl.DataFrame:
    """Points by month: earned, redeemed and expired as positive numbers."""
    signs = dict(zip(ENTRIES, (1, -1, -1, 1), strict=True))
    return found.group_by("month").agg(
        (sign * pl.col("points").filter(pl.col("kind") == kind).sum()).alias(name)
        for (kind, sign), name in zip(signs.items(), MOVES, strict=True)
    )


def _change() -> pl.Expr:
    earned, redeemed, expired, adjusted = map(pl.col, MOVES)
    return earned - redeemed - expired + adjusted


def _sum(found: pl.DataFrame, kind: str) -> int:
    return int(found.filter(pl.col("kind") == kind)["points"].sum())


def _segments(cells: pl.LazyFrame, by: str) -> LazyGroupBy:
    name = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    return cells.group_by(name.alias("segment"))


def _share(
    cells: pl.LazyFrame, kinds: tuple[str, str], by: str, reason: str
) -> DataFrame[PointShare]:
    """Points of one kind as a share of those of another."""
    part, whole = (pl.col("kind") == kind for kind in kinds)
    rows = _segments(cells, by).agg(
        pl.col("n").filter(part).sum(),
        pl.col("points").filter(part).sum().abs().alias("part"),
        pl.col("points").filter(whole).sum().alias("whole"),
    )
    if by == EVERYONE:
        found, row = (
            rows.collect(),
            {"segment": EVERYONE, "n": 0, "part": 0, "whole": 0},
        )
        rows = (found if found.height else pl.DataFrame([row], found.schema)).lazy()
    value = ratio(pl.col("part"), pl.col("whole"))
    told = rows.with_columns(value.alias("value")).with_columns(
        pl.when(pl.col("value").is_null()).then(pl.lit(reason)).alias("reason")
    )
    columns = PointShare.to_schema().columns
    return PointShare.validate(told.select(*columns).sort("segment").collect())
