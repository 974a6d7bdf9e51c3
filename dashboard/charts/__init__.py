"""Charts: one look, cached by small keys, each number with its origin."""

from dashboard.charts.campaigns import lifts, path, sales
from dashboard.charts.churn import calibration
from dashboard.charts.clv_spread import clv_cohorts, clv_distribution
from dashboard.charts.customer import customer_scores
from dashboard.charts.drivers import drivers
from dashboard.charts.growth import growth
from dashboard.charts.lorenz import lorenz
from dashboard.charts.loyalty import ledger
from dashboard.charts.quality import quality
from dashboard.charts.return_segments import curve
from dashboard.charts.returns import at_age, intervals
from dashboard.charts.scores import scores
from dashboard.charts.service import monthly, pareto
from dashboard.charts.tier_trend import tier_trend
from dashboard.charts.trend import caption, trend
from dashboard.charts.within import within

__all__ = [
    "at_age",
    "calibration",
    "caption",
    "clv_cohorts",
    "clv_distribution",
    "curve",
    "customer_scores",
    "drivers",
    "growth",
    "intervals",
    "ledger",
    "lifts",
    "lorenz",
    "monthly",
    "pareto",
    "path",
    "quality",
    "sales",
    "scores",
    "tier_trend",
    "trend",
    "within",
]
