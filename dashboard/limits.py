"""The thresholds and targets against which metrics are judged."""

from dashboard import queries
from dashboard.catalogue import Metric
from dashboard.numbers import Row


def threshold(metric: str) -> float | None:
    """The threshold of a metric in the settings that the snapshot was built with."""
    return queries.reader().settings.thresholds.get(metric)


def misses_target(metric: Metric, row: Row) -> bool:
    """Whether a known value is on the wrong side of a target that there is."""
    goal, value = row.get("target"), row.get("value")
    if goal is None or value is None:
        return False
    return bool(value > goal if metric.good == "low" else value < goal)
