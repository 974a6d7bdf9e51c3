"""What changed with a campaign that had no control group: compared, not proved."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame
from scipy.special import stdtrit

from metrics.arms import Sums, plain
from metrics.frames import Result
from metrics.lift import Lift, absolute, freedom, standard_error, student
from metrics.likelihood import Array

DID, SEASON, BEFORE = "did", "season_matched", "before_after"
METHODS: Final = (DID, SEASON, BEFORE)
GRADES: Final = {
    DID: "difference_in_differences",
    SEASON: "before_after",
    BEFORE: "before_after",
}
"""How a comparison is graded: the latter two are descriptive and no effect."""

MIN_CUSTOMERS: Final = 30
FEW: Final = f"fewer than {MIN_CUSTOMERS} customers on a side"
EARLY: Final = "the history does not reach back far enough"
RECENT_LOW: Final = (
    "members were chosen for not buying lately: any difference is biased up"
)
TREND: Final = "members and others moved apart before it started"


@dataclass(frozen=True)
class Sides:
    """Sums over the members and over comparable others of one difference."""

    members: Sums
    others: Sums


class Comparison(Result):
    """One row per way of comparing: the difference, its interval, the doubts."""

    segment: pl.String = pa.Field(isin=METHODS)
    campaign: pl.String = pa.Field()
    grade: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)
    members: pl.Int64 = pa.Field(ge=0)
    others: pl.Int64 = pa.Field(ge=0)
    trend: pl.Float64 = pa.Field(nullable=True)
    trend_low: pl.Float64 = pa.Field(nullable=True)
    trend_high: pl.Float64 = pa.Field(nullable=True)
    days: pl.Int64 = pa.Field(gt=0)
    reason: pl.String = pa.Field(nullable=True)


@dataclass(frozen=True)
class About:
    """Which campaign, over how many days, and whether it chose silent customers."""

    campaign: str
    days: int
    silent: bool = False
    confidence: float = 0.95


def campaign_comparison(
    change: Sides, trend: Sides, seasonal: Mapping[str, Sums | None], about: About
) -> DataFrame[Comparison]:
    """Without a control group: what members did, against others, the season, before.

    Formula: did = (members' mean change of revenue) - (others' mean change), change =
        revenue of the days after the start less that of as many days before it, per
        customer; trend = the same for the slope over three such periods before it;
        season_matched = members' mean change less their change a year before;
        before_after = members' mean change
    Interval: Welch over customers, which clusters by customer, and Student's t, 95%
    Grain: one row per method: segment = method, campaign, grade, value, n,
        ci_low, ci_high, members, others, trend with its interval, days
    Units: currency per member; the last two are descriptive and no effect
    Source: Angrist, Pischke, "Mostly Harmless Econometrics", 2009, chapter 5
    """
    rows = [
        _between(change, trend, about),
        *(_within(name, seasonal[name], about) for name in (SEASON, BEFORE)),
    ]
    return _framed(rows)


def unknown(about: About, reason: str) -> DataFrame[Comparison]:
    """No comparison can be made yet, and why."""
    told = {"members": 0, "others": 0, "reason": reason}
    return _framed([_about(method, about) | told for method in METHODS])


def difference(sides: Sides, confidence: float = 0.95) -> tuple[Lift, float, float]:
    """The difference of two mean changes, its standard error, degrees of freedom."""
    members, others = (plain([each]) for each in (sides.members, sides.others))
    with np.errstate(all="ignore"):
        reach = student(members, others, confidence)
        found = absolute(members, others, reach)
        error, degrees = standard_error(members, others), freedom(members, others)
    return found, float(error.item()), float(degrees.item())


def _framed(rows: Sequence[Mapping[str, object]]) -> DataFrame[Comparison]:
    columns = Comparison.to_schema().columns
    schema = {name: column.dtype.type for name, column in columns.items()}
    n = (pl.col("members") + pl.col("others")).alias("n")
    return Comparison.validate(pl.DataFrame(list(rows), schema=schema).with_columns(n))


def _between(change: Sides, trend: Sides, about: About) -> dict[str, object]:
    found, _, _ = difference(change, about.confidence)
    slope, _, _ = difference(trend, about.confidence)
    enough = min(change.members.n, change.others.n) >= MIN_CUSTOMERS
    low, high = _number(slope.low), _number(slope.high)
    told = {
        **_about(DID, about),
        "members": change.members.n,
        "others": change.others.n,
    }
    if not enough:
        return told | {"reason": FEW}
    apart = low is not None and high is not None and (low > 0 or high < 0)
    doubts = [RECENT_LOW] * about.silent + [TREND] * apart
    return told | {
        "value": _number(found.value),
        "ci_low": _number(found.low),
        "ci_high": _number(found.high),
        "trend": _number(slope.value),
        "trend_low": low,
        "trend_high": high,
        "reason": "; ".join(doubts) or None,
    }


def _within(method: str, sums: Sums | None, about: About) -> dict[str, object]:
    """The members' own mean change; none where the history is too short."""
    told = _about(method, about)
    if sums is None or sums.n < MIN_CUSTOMERS:
        n = 0 if sums is None else sums.n
        why = EARLY if sums is None else FEW
        return told | {"members": n, "others": 0, "reason": why}
    mean, low, high = alone(sums, about.confidence)
    return told | {
        "members": sums.n,
        "others": 0,
        "value": mean,
        "ci_low": low,
        "ci_high": high,
    }


def alone(
    sums: Sums, confidence: float = 0.95
) -> tuple[float | None, float | None, float | None]:
    """A mean with Student's interval; none where nothing varies."""
    side = plain([sums])
    square = float(side.spread.item())
    if not square > 0:
        return _number(side.mean), None, None
    half = float(stdtrit(sums.n - 1, 0.5 + confidence / 2)) * math.sqrt(square)
    mean = float(side.mean.item())
    return mean, mean - half, mean + half


def _about(method: str, about: About) -> dict[str, object]:
    return {
        "campaign": about.campaign,
        "segment": method,
        "grade": GRADES[method],
        "days": about.days,
    }


def _number(value: Array) -> float | None:
    number = float(value.item())
    return number if math.isfinite(number) else None
