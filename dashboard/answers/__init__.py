"""The answer to a question: the metric's result frame, the same for pages, the command
line and exports."""

import inspect
from collections.abc import Callable

import polars as pl

from dashboard.answers import (
    alerts,
    churn,
    clv_spread,
    cohorts,
    compare,
    compared,
    delivered,
    greetings,
    health,
    health_changes,
    lifecycle,
    listed,
    loyalty,
    negatives,
    order_times,
    person,
    planner,
    proved,
    retention,
    service,
    simulation,
    tiering,
    trials,
    valued,
    visits,
)
from dashboard.answers.counted import counted, labelled, marked
from dashboard.answers.goals import against
from dashboard.answers.view import UNKNOWN, View, look, offered
from dashboard.catalogue import Metric
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.viewer import Viewer
from metrics.estimates import with_state

__all__ = ["UNKNOWN", "answer", "missing", "offered"]

ROWS: dict[str, Callable[[View], pl.DataFrame]] = {
    "satisfaction_drivers": listed.drivers,
    "score_distribution": listed.scores,
    "concentration": listed.concentrated,
    "lorenz": listed.curve,
    "rate_change": compare.explained,
    "accepted_share": delivered.accepted,
    "rows_held": delivered.held,
    "data_quality": delivered.quality,
    "row_counts": delivered.counts,
    "look_alikes": delivered.alike,
    "days_behind": delivered.behind,
    "clv": valued.clv,
    "negative_clv": negatives.negative,
    "expected_purchases": valued.expected_purchases,
    "clv_backtest": proved.backtest,
    "clv_model": valued.model,
    "tier_distribution": valued.tiers,
    "tier_migration": tiering.migration,
    "tier_moves": tiering.moved,
    "tier_crosswalk": tiering.crossed,
    "tier_history": tiering.history,
    "tier_simulation": simulation.simulated,
    "rfm_scores": tiering.scored,
    "rfm_grid": tiering.grid,
    "growth_accounting": retention.growth,
    "repurchase_curve": retention.curve,
    "repurchase_at_age": retention.at_age,
    "purchase_interval": retention.intervals,
    **trials.ROWS,
    **loyalty.ROWS,
    **lifecycle.ROWS,
    "campaign_comparison": compared.comparison,
    **churn.ROWS,
    **service.ROWS,
    **visits.ROWS,
    "care_list": greetings.listed,
    "cohort_retention": cohorts.cohorts,
    "cohort_customers": cohorts.members,
    "health_score": health.score,
    "loyalty_index": health.score,
    "health_change": health_changes.changed,
    "alerts": lambda view: alerts.alerts(view, answer),
    "rectifications": lambda view: alerts.told(view, answer),
    **person.ROWS,
    **order_times.ROWS,
    **clv_spread.ROWS,
    **planner.ROWS,
}


SPLIT = ("rate_change", "health_change")
"""Metrics that are a comparison themselves."""


def answer(reader: Reader, viewer: Viewer, question: Question) -> pl.DataFrame:
    """The metric's rows; with an interval, its state against the threshold.

    A metric whose tables are missing answers one row of nulls with a `reason`.

    Errors: UsageError for a metric, date, window, attribute or option that is none.
    """
    view = look(reader, viewer, question)
    absent = missing(reader, view.metric)
    if absent:
        return pl.DataFrame([unanswerable(absent)], schema=UNKNOWN)
    frame = _ask(view)
    if "compare" in view.options and view.metric.name not in SPLIT:
        frame = compare.compared(view, frame, _ask)
    return frame


def unanswerable(absent: tuple[str, ...]) -> dict[str, object]:
    """One row that says which table is missing."""
    tables = " and ".join(absent)
    reason = f"no table {tables}: add {absent[0]}.csv to the source and refresh"
    return {"segment": "all", "n": 0, "reason": reason}


def missing(reader: Reader, metric: Metric) -> tuple[str, ...]:
    """The tables that a metric needs and the snapshot does not have."""
    rows = reader.snapshot.manifest.tables
    return tuple(table for table in metric.needs if not rows.get(table))


def _ask(view: View) -> pl.DataFrame:
    frame = ROWS.get(view.metric.name, counted)(view)
    if not {"value", "ci_low"} <= set(frame.columns) or "state" in frame.columns:
        return frame
    settings = view.reader.settings
    judged = with_state(
        labelled(view, frame),
        threshold=settings.thresholds.get(view.metric.name),
        min_n=settings.min_n if _estimated(view.metric) else 0,
        good=view.metric.good or "high",
    )
    return against(view, marked(view, judged))


def _estimated(metric: Metric) -> bool:
    """Whether a metric is an estimate: a count or a sum is never too small to show."""
    return "confidence" in inspect.signature(metric.function).parameters
