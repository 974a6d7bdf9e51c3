"""Charts: one look, cached by small keys, each number with its origin."""

from dashboard.charts.drivers import drivers
from dashboard.charts.lorenz import lorenz
from dashboard.charts.quality import quality
from dashboard.charts.scores import scores
from dashboard.charts.trend import caption, trend

__all__ = ["caption", "drivers", "lorenz", "quality", "scores", "trend"]
