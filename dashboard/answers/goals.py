"""What a metric is measured against: its threshold, and the target of its period."""

from datetime import date

import polars as pl

from dashboard.answers.view import HISTORY, View
from dashboard.reader import Reader
from metrics.estimates import EVERYONE


def against(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with their threshold, target and the distance to it, null where none."""
    limit = view.reader.settings.thresholds.get(view.metric.name)
    goals = {} if view.by in HISTORY else targets(view.reader, view)
    goal = pl.col("segment").replace_strict(
        goals, default=None, return_dtype=pl.Float64
    )
    return frame.with_columns(
        pl.lit(limit, pl.Float64).alias("threshold"),
        goal.alias("target"),
        (pl.col("value") - goal).abs().alias("target_distance"),
    )


def targets(reader: Reader, view: View) -> dict[str, float]:
    """Targets by segment for a view's date: of its month, else quarter, else year.

    Targets are set for everyone or a segment of everyone, so a filtered view has none.
    """
    if view.where:  # the viewer's rights narrow the view as a filter does
        return {}
    goals = reader.rows("SELECT metric, period, segment, value FROM goals")
    own = goals.filter(pl.col("metric") == view.metric.name)
    found: dict[str, float] = {}
    for period in reversed(_periods(view.as_of)):
        rows = own.filter(pl.col("period") == period)
        named = pl.col("segment").fill_null(EVERYONE)
        found |= dict(rows.select(named, "value").iter_rows())
    return found


def _periods(day: date) -> tuple[str, ...]:
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return (f"{day:%Y-%m}", quarter, f"{day.year}")
