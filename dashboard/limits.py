"""The thresholds and targets against which metrics are judged."""

from datetime import date

from dashboard import queries
from dashboard.catalogue import Metric


def threshold(metric: str) -> float | None:
    """The threshold of a metric in the settings that the snapshot was built with."""
    return queries.reader().settings.thresholds.get(metric)


def target(metric: str, as_of: date | None) -> float | None:
    """The target of a metric for the period of a date, by default of the last day."""
    return queries.target(metric, as_of or queries.freshness().as_of)


def misses_target(metric: Metric, as_of: date | None, value: float | None) -> bool:
    """Whether a known value is on the wrong side of a target that there is."""
    goal = target(metric.name, as_of)
    if goal is None or value is None:
        return False
    return value > goal if metric.good == "low" else value < goal
