"""The thresholds against which metrics are judged."""

from dashboard import queries


def threshold(metric: str) -> float | None:
    """The threshold of a metric in the settings that the snapshot was built with."""
    return queries.reader().settings.thresholds.get(metric)
