"""What customers answer: would they recommend us, and how well do we do?"""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import AnswerCells
from metrics.estimates import (
    CONFIDENCE,
    EVERYONE,
    adjusted_wald,
    design_effect,
    estimates,
    ratio,
    segments,
    t_interval,
    wilson,
)
from metrics.frames import DimensionEstimate, Estimate

DIMENSIONS = ("product_quality", "service", "delivery", "communication", "support")
SUMS = (
    "n",
    "total",
    "squares",
    "cluster_squares",
    "cluster_product",
    "cluster_counts",
)
PROMOTERS = (pl.col("squares") + pl.col("total")) // 2
DETRACTORS = (pl.col("squares") - pl.col("total")) // 2


def nps(
    cells: LazyFrame[AnswerCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Net promoter score: promoters' share of answers minus detractors' share.

    Formula: 100 * (answers of 9-10 less answers of 0-6) / answers; blanks do not count
    Interval: adjusted Wald, 95%, over customers where one answers several times
    Grain: one row per segment of `by`: segment, value, n = answers, ci_low, ci_high
    Units: points, -100 to 100
    Source: Reichheld, Harvard Business Review, December 2003; interval: Rocks, The
        American Statistician 70(4), 2016
    """
    n = pl.col("n")
    bounds = adjusted_wald(
        PROMOTERS, DETRACTORS, n, confidence=confidence, deff=design_effect()
    )
    value = (100 * ratio(pl.col("total"), n)).alias("value")
    return estimates(_measured(cells, "nps", by).with_columns(value, *bounds))


def response_rate(
    cells: LazyFrame[AnswerCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Response rate: how many of the surveys sent in the window were answered.

    Formula: answers to the surveys sent in the window / surveys sent in the window
    Interval: Wilson, 95%, over customers where one is asked several times
    Grain: one row per segment of `by`: segment, value, n = surveys, ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    k, n = pl.col("total"), pl.col("n")
    bounds = wilson(k, n, confidence=confidence, deff=design_effect())
    rows = _measured(cells, "response", by)
    return estimates(rows.with_columns(ratio(k, n).alias("value"), *bounds))


def csat(
    cells: LazyFrame[AnswerCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[DimensionEstimate]:
    """Satisfaction: the mean answer of each dimension, and the share of 4 and 5.

    Formula: mean of the answers 1-5; top2 = answers of 4-5 / answers
    Interval: Student's t for the mean, Wilson for the share, 95%, over customers where
        one answers several times
    Grain: one row per segment of `by` and dimension: segment, dimension, value, n,
        ci_low, ci_high, top2, top2_ci_low, top2_ci_high
    Units: points, 1 to 5; share, 0 to 1
    Source: Student, Biometrika 6 (1908); Wilson, Journal of the American Statistical
        Association 22 (1927)
    """
    parts = [_dimension(cells, name, by, confidence) for name in DIMENSIONS]
    rows = pl.concat(parts).sort("segment", maintain_order=True).collect()
    return DimensionEstimate.validate(rows)


def _measured(cells: LazyFrame[AnswerCells], measure: str, by: str) -> pl.LazyFrame:
    return segments(cells.filter(pl.col("measure") == measure), by, pl.col(SUMS).sum())


def _dimension(
    cells: LazyFrame[AnswerCells], name: str, by: str, confidence: float
) -> pl.LazyFrame:
    mean = _measured(cells, name, by).with_columns(*_mean(confidence))
    top = _measured(cells, f"{name}_top2", by).select("segment", *_top2(confidence))
    both = mean.join(top, on="segment", how="left", maintain_order="left")
    shown = ("value", "n", "ci_low", "ci_high", "top2", "top2_ci_low", "top2_ci_high")
    return both.select("segment", pl.lit(name).alias("dimension"), *shown)


def _mean(confidence: float) -> list[pl.Expr]:
    n, mean = pl.col("n"), ratio(pl.col("total"), pl.col("n"))
    total, squares = pl.col("total").cast(pl.Int128), pl.col("squares").cast(pl.Int128)
    variance = ratio(n * squares - total * total, n * (n - 1))
    bounds = t_interval(mean, variance, n, confidence=confidence, deff=design_effect())
    return [mean.alias("value"), *(bound.clip(1.0, 5.0) for bound in bounds)]


def _top2(confidence: float) -> list[pl.Expr]:
    k, n = pl.col("total"), pl.col("n")
    low, high = wilson(k, n, confidence=confidence, deff=design_effect())
    return [
        ratio(k, n).alias("top2"),
        low.alias("top2_ci_low"),
        high.alias("top2_ci_high"),
    ]
