"""A campaign day by day: what happened, and the lift of all members measured so far."""

from datetime import date

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.trials import CampaignDays
from metrics.arms import Sums
from metrics.estimates import CONFIDENCE, ratio
from metrics.lift import PLANNED
from metrics.trial_effects import ALWAYS, Reading, lifts
from metrics.trial_frames import Monitor, Path
from metrics.trial_members import STAGES
from metrics.trial_plans import CONTROL, Plan
from metrics.trial_sums import CENTS, OUTCOMES, Row

COUNTS = ("assigned", *STAGES, "buyers")
ADDED = ("n", "y", "yy", "x", "xx", "xy")


def campaign_monitor(days: LazyFrame[CampaignDays]) -> DataFrame[Monitor]:
    """Each day of a campaign by arm: members, contacts, redemptions, and sales.

    Formula: counts of members by the day on which each stage was reached; buyers and
        revenue of purchases within the members' outcome windows; per member assigned
        up to that day. Members in two arms are left out. A stage is unknown where no
        member has a day of it
    Grain: one row per arm and day, from the campaign's first event to its last
    Units: members, purchase days, currency
    Source: the rows of campaign members and orders themselves
    """
    so_far = pl.col("assigned").cum_sum().over("arm", order_by="day")
    revenue = ratio(pl.col("revenue"), pl.lit(CENTS))
    rows = (
        _every_day(days)
        .sort("arm", "day")
        .select(
            pl.col("arm").alias("segment"),
            "day",
            pl.col("assigned", "buyers").cast(pl.Int64),
            *(_if_any(name) for name in STAGES),
            revenue.alias("revenue"),
            pl.when(so_far > 0).then(revenue / so_far).alias("revenue_per_member"),
        )
    )
    return Monitor.validate(rows.collect())


def _if_any(stage: str) -> pl.Expr:
    counted = pl.col(stage).cast(pl.Int64)
    return pl.when(counted.sum() > 0).then(counted).alias(stage)


def _every_day(days: LazyFrame[CampaignDays]) -> pl.LazyFrame:
    """A row for each arm and day; on a day without an event there was none."""
    span = pl.date_range(pl.min("day"), pl.max("day"))
    grid = days.select("arm").unique().join(days.select(span), how="cross")
    told = days.select("arm", "day", *COUNTS, "revenue")
    rows = grid.join(told, on=["arm", "day"], how="left")
    return rows.with_columns(pl.exclude("arm", "day").fill_null(0))


def campaign_path(
    days: LazyFrame[CampaignDays], plan: Plan, *, confidence: float = CONFIDENCE
) -> DataFrame[Path]:
    """Relative lift of the primary outcome, of all members measured up to each day.

    Formula: as `campaign_effect`, over members whose outcome window ended by that day
    Interval: always valid (asymptotic confidence sequence), so that looking every day
        raises no false alarm; null below 150 members
    Grain: one row per treatment arm and day on which windows ended
    Units: ratio
    Source: Waudby-Smith et al., Annals of Statistics 52(6), 2024
    """
    summed = days.filter(pl.col("n") > 0).sort("day").collect().to_dicts()
    kept = sorted({row["day"] for row in summed})
    arms = sorted({row["arm"] for row in summed} - {CONTROL})
    told = {arm: _running(summed, plan, arm) for arm in (*arms, CONTROL)}
    keys = [(arm, day) for arm in arms for day in kept]
    pairs = [(_at(told[arm], day), _at(told[CONTROL], day)) for arm, day in keys]
    how = Reading(confidence, ALWAYS, plan.planned_members or PLANNED)
    return Path.validate(_path(keys, pairs, how))


def _path(
    keys: list[tuple[str, date]], pairs: list[tuple[Sums, Sums]], how: Reading
) -> pl.DataFrame:
    columns = lifts(pairs, how)
    names = {"value": "relative", "ci_low": "relative_low", "ci_high": "relative_high"}
    known = {name: columns[given] for name, given in names.items()}
    frame = pl.DataFrame(known).with_columns(pl.all().fill_nan(None))
    return frame.with_columns(
        pl.Series("segment", [arm for arm, _ in keys], pl.String),
        pl.Series("arm", [arm for arm, _ in keys], pl.String),
        pl.Series("day", [day for _, day in keys], pl.Date),
        pl.Series("n", [one.n + two.n for one, two in pairs], pl.Int64),
    )


def _running(rows: list[Row], plan: Plan, arm: str) -> list[tuple[date, Sums]]:
    """The sums of an arm up to each of its days."""
    total = Sums(0, 0, 0, y_unit=OUTCOMES[plan.outcome].scale, x_unit=CENTS)
    found = []
    for row in rows:
        if row["arm"] == arm:
            total = total.plus(Sums(**{name: int(row[name]) for name in ADDED}))
            found.append((row["day"], total))
    return found


def _at(sums: list[tuple[date, Sums]], day: date) -> Sums:
    known = [each for on, each in sums if on <= day]
    return known[-1] if known else Sums(0, 0, 0)
