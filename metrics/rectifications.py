"""Alerts and what is done about them: a figure below its threshold, put right by whom.

A figure alerts where its whole interval is on the wrong side of its threshold. That
opens a rectification, once: it opens no other before the whole interval has been on the
right side again.
"""

from datetime import date

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame

from metrics.frames import Result
from metrics.trial_frames import columns_of

WHOLE = "all"
YEAR = 365  # days that scores without a window of their own look back
BAD, GOOD = "bad", "good"
FALLEN, ARMED = "fallen", "armed"
NONE_JUDGED = "no metric has a threshold"
NONE_OPENED = "no rectification was opened yet"
OVERLAP = "the windows overlap until {day}: no interval of the change yet"
NO_VALUE = "the value is not known now"


class Judged(Result):
    """One row per metric and part: the figure now, against its threshold.

    `window_days` is how many days it looks back, null where it is all history.
    """

    metric: pl.String = pa.Field()
    part: pl.String = pa.Field()
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(nullable=True)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)
    threshold: pl.Float64 = pa.Field()
    state: pl.String = pa.Field(nullable=True)
    verdict: pl.String = pa.Field(nullable=True)
    window_days: pl.Int64 = pa.Field(nullable=True)


class Opened(Result):
    """One row per rectification: what it was opened for, and how it stands."""

    rectification: pl.String = pa.Field()
    metric: pl.String = pa.Field()
    part: pl.String = pa.Field()
    status: pl.String = pa.Field()
    opened_on: pl.Date = pa.Field()
    owner: pl.String = pa.Field(nullable=True)
    due_on: pl.Date = pa.Field(nullable=True)
    outcome: pl.String = pa.Field(nullable=True)
    recovered_on: pl.Date = pa.Field(nullable=True)
    threshold: pl.Float64 = pa.Field()
    then: pl.Float64 = pa.Field()
    then_n: pl.Int64 = pa.Field(nullable=True)
    then_low: pl.Float64 = pa.Field()
    then_high: pl.Float64 = pa.Field()
    version: pl.Int64 = pa.Field()


class Alert(Judged):
    """One row per metric with a threshold: where it stands, and who puts it right."""

    rectification: pl.String = pa.Field(nullable=True)
    status: pl.String = pa.Field(nullable=True)
    owner: pl.String = pa.Field(nullable=True)
    due_on: pl.Date = pa.Field(nullable=True)
    reason: pl.String = pa.Field(nullable=True)


class Rectification(Result):
    """One row per rectification: then, now, and the change between."""

    rectification: pl.String = pa.Field(nullable=True)
    metric: pl.String = pa.Field(nullable=True)
    part: pl.String = pa.Field(nullable=True)
    status: pl.String = pa.Field(nullable=True)
    opened_on: pl.Date = pa.Field(nullable=True)
    owner: pl.String = pa.Field(nullable=True)
    due_on: pl.Date = pa.Field(nullable=True)
    outcome: pl.String = pa.Field(nullable=True)
    recovered_on: pl.Date = pa.Field(nullable=True)
    threshold: pl.Float64 = pa.Field(nullable=True)
    then: pl.Float64 = pa.Field(nullable=True)
    then_n: pl.Int64 = pa.Field(nullable=True)
    then_low: pl.Float64 = pa.Field(nullable=True)
    then_high: pl.Float64 = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(nullable=True)
    ci_low: pl.Float64 = pa.Field(nullable=True)
    ci_high: pl.Float64 = pa.Field(nullable=True)
    state: pl.String = pa.Field(nullable=True)
    change: pl.Float64 = pa.Field(nullable=True)
    change_low: pl.Float64 = pa.Field(nullable=True)
    change_high: pl.Float64 = pa.Field(nullable=True)
    version: pl.Int64 = pa.Field(nullable=True)
    reason: pl.String = pa.Field(nullable=True)


def alerts(judged: DataFrame[Judged], opened: DataFrame[Opened]) -> DataFrame[Alert]:
    """Every figure with a threshold, those beyond it first, and who puts it right.

    Formula: bad where the whole interval is on the wrong side of the threshold, good
        where it is on the right side, else undecided
    Interval: that of the metric
    Grain: one row per metric and part (a dimension, a horizon), of everyone
    Units: those of the metric
    Source: the thresholds of the settings; the newest rectification that is open, as
        a figure may recover and fall again before the first one is closed
    """
    at_work = opened.filter(pl.col("status") != "closed").sort("opened_on")
    newest = at_work.unique(["metric", "part"], keep="last", maintain_order=True)
    standing = newest.select(
        "metric", "part", "rectification", "status", "owner", "due_on"
    )
    found = judged.join(standing, on=["metric", "part"], how="left", validate="1:1")
    bad = (pl.col("verdict") == BAD).fill_null(value=False)
    rows = found.sort(~bad, pl.col("rectification").is_null(), "metric", "part")
    told = rows.with_columns(pl.lit(None, pl.String).alias("reason"))
    return Alert.validate(told.select(list(columns_of(Alert))))


def rectifications(
    judged: DataFrame[Judged], opened: DataFrame[Opened], *, as_of: date
) -> DataFrame[Rectification]:
    """What was opened for a figure beyond its threshold, and what has come of it.

    Formula: change = value now less value at opening
    Interval: of the two intervals (MOVER): change - sqrt((now - low)^2 + (high then -
        then)^2), change + sqrt((high - now)^2 + (then - low then)^2); only once the
        windows share no day, as it takes the two values for independent
    Grain: one row per rectification, the open ones first, then the newest
    Units: those of the metric
    Source: Zou, Donner 2008; Newcombe 1998
    """
    now = judged.drop("threshold", "verdict")
    found = opened.join(now, on=["metric", "part"], how="left", validate="m:1")
    told = found.with_columns(**_change(as_of)).with_columns(**_bounds(as_of))
    rows = told.sort(
        pl.col("status") == "closed", -pl.col("opened_on").to_physical(), "metric"
    )
    return Rectification.validate(rows.select(list(columns_of(Rectification))))


def fallen(judged: DataFrame[Judged], watched: pl.DataFrame) -> pl.DataFrame:
    """The figures that a rectification is to be opened for: bad, and not seen before.

    `watched` has metric, part and status: `fallen` since one was opened, until the
    figure was good again.
    """
    seen = watched.filter(pl.col("status") == FALLEN).select("metric", "part")
    bad = judged.filter(pl.col("verdict") == BAD)
    return bad.join(seen, on=["metric", "part"], how="anti").sort("metric", "part")


def recovered(judged: DataFrame[Judged], watched: pl.DataFrame) -> pl.DataFrame:
    """The figures that are good again, so that another fall opens another one."""
    seen = watched.filter(pl.col("status") == FALLEN).select("metric", "part")
    good = judged.filter(pl.col("verdict") == GOOD)
    return good.join(seen, on=["metric", "part"], how="semi").sort("metric", "part")


def _apart() -> pl.Expr:
    """The first day on which the window shares no day with that of the opening."""
    return pl.col("opened_on") + pl.duration(days=pl.col("window_days"))


def _change(as_of: date) -> dict[str, pl.Expr]:
    apart = _apart()
    waiting = apart.dt.to_string("%Y-%m-%d")
    head, tail = OVERLAP.split("{day}")
    overlap = pl.concat_str(pl.lit(head), waiting, pl.lit(tail))
    known = pl.col("value").is_not_null()
    soon = pl.when(~known).then(pl.lit(NO_VALUE)).when(apart > as_of).then(overlap)
    return {"change": pl.col("value") - pl.col("then"), "reason": soon}


def _bounds(as_of: date) -> dict[str, pl.Expr]:
    now, then = pl.col("value"), pl.col("then")
    apart = (_apart() <= as_of).fill_null(value=False)
    down = ((now - pl.col("ci_low")) ** 2 + (pl.col("then_high") - then) ** 2).sqrt()
    up = ((pl.col("ci_high") - now) ** 2 + (then - pl.col("then_low")) ** 2).sqrt()
    return {
        "change_low": pl.when(apart).then(pl.col("change") - down),
        "change_high": pl.when(apart).then(pl.col("change") + up),
    }
