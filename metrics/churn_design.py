"""What tells that a customer may leave: facts of a day as columns, larger = riskier."""

import numpy as np
import polars as pl
from pandera.typing.polars import DataFrame

from data.schemas.churn import ChurnFacts
from metrics.likelihood import Array, blocks
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_models import DAYS_PER_WEEK, Histories

OWN_PRIOR = 2
"""How many gaps everybody's usual one counts for beside a customer's own."""

CERTAIN = 1e-9
MODEL_COLUMNS = (
    *("habit", "left", "overdue", "fewer_purchases", "fewer_touches"),
    *("complaint", "detractor", "dissatisfied", "expiring_points"),
)
"""The columns of the model; each is larger for a customer more at risk."""

RECENCY_COLUMNS = ("recency",)
"""The column of the rule that the model has to beat: days since the last purchase."""


def overdue_ratio(usual_gap: float | None) -> pl.Expr:
    """Days since the last purchase over the customer's own usual gap.

    The own gap is the median of k completed ones, drawn to everybody's as if by two
    more: (k own + 2 usual) / (k + 2); so who bought once has a rhythm too.
    """
    usual = pl.lit(usual_gap, pl.Float64)
    own = pl.col("gaps") * pl.col("own_gap").fill_null(0.0) + OWN_PRIOR * usual
    gap = own / (pl.col("gaps") + OWN_PRIOR)
    return (since_last() / gap).alias("overdue_ratio")


def since_last() -> pl.Expr:
    """Days since the last purchase."""
    return pl.col("T") - pl.col("recency")


def no_purchase(
    customers: pl.DataFrame, fit: PurchaseFit, horizon_days: int
) -> tuple[Array, Array]:
    """P(alive), and P(no purchase in the horizon), of each customer's history.

    1 - P(alive) (1 - ((alpha + T) / (alpha + T + t)) ** (r + x)), the same for MBG/NBD
    and BG/NBD.
    """
    seen, theta = Histories.of(customers), np.array(fit.theta)
    r, alpha = np.exp(theta[:2])
    weeks = horizon_days / DAYS_PER_WEEK
    alive = np.empty(seen.x.size)
    for some in blocks(seen.x.size):
        alive[some] = fit.kind.p_alive(theta, seen.at(some))
    quiet = (r + seen.x) * np.log1p(weeks / (alpha + seen.age))
    return alive, 1 + alive * np.expm1(-quiet)


def columns(
    facts: DataFrame[ChurnFacts],
    fit: PurchaseFit | None,
    *,
    usual_gap: float | None,
    horizon_days: int,
) -> pl.DataFrame:
    """The model's columns and the rule's, a row per customer; null where not known."""
    unknown = np.full(facts.height, np.nan)
    alive, quiet = no_purchase(facts, fit, horizon_days) if fit else (unknown, unknown)
    return facts.select(
        pl.Series("habit", log_odds(quiet)).fill_nan(None),
        pl.Series("left", -log_odds(alive)).fill_nan(None),
        overdue_ratio(usual_gap).log1p().alias("overdue"),
        _fall("bought").alias("fewer_purchases"),
        _fall("touched").alias("fewer_touches"),
        (pl.col("complaints") > 0).cast(pl.Float64).alias("complaint"),
        pl.col("detractor", "dissatisfied").cast(pl.Float64),
        (pl.col("expiring") > 0).cast(pl.Float64).alias("expiring_points"),
        since_last().log1p().alias("recency"),
    )


def log_odds(chance: Array) -> Array:
    """ln(p / (1 - p)), for chances that are not quite certain."""
    inside = np.clip(chance, CERTAIN, 1 - CERTAIN)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _fall(name: str) -> pl.Expr:
    """By how much there was less in the past 90 days than in the 90 before, as logs."""
    before, now = pl.col(f"{name}_before"), pl.col(name)
    return before.log1p() - now.log1p()
