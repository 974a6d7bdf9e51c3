"""Intervals, as expressions over sums: one estimate per row, unknown stays null.

A customer's several answers are not independent: where the sums over customers are
given, the interval uses the effective number of answers, n / deff.
"""

from typing import Literal

import polars as pl
from pandera.typing.polars import DataFrame
from scipy.special import ndtri, stdtrit

from metrics.frames import Estimate

EVERYONE = "all"
CONFIDENCE = 0.95
NO_CLUSTERS = pl.lit(1.0)
SMALL = "n too small"
EMPTY = "no data"

Good = Literal["high", "low"]
Expr = pl.Expr


def segments(cells: pl.LazyFrame, by: str, *sums: Expr) -> pl.LazyFrame:
    """One row per segment of `by`; everyone is one row, even where nobody is."""
    totals = [pl.len().cast(pl.Int64).alias("cells"), *sums]
    if by == EVERYONE:
        return cells.select(pl.lit(EVERYONE).alias("segment"), *totals)
    segment = pl.col(by).cast(pl.String).alias("segment")
    return cells.group_by(segment).agg(*totals).sort("segment")


def estimates(rows: pl.LazyFrame) -> DataFrame[Estimate]:
    """The rows as estimates, checked: no NaN, no column more or less."""
    return Estimate.validate(rows.select(*Estimate.to_schema().columns).collect())


def exact_sum(terms: Expr, *, decimals: int = 8) -> Expr:
    """The sum of floats, each to some decimals: equal to the last bit in any order."""
    return terms.cast(pl.Decimal(38, decimals)).sum().cast(pl.Float64)


def ratio(part: Expr, whole: Expr) -> Expr:
    """The ratio as a float; null where the denominator is zero.

    The divisor is made as long as the part: to divide by a single number, Polars
    multiplies with its inverse, or does not, as it happens to hold it.
    """
    dividend, divisor = part.cast(pl.Float64), whole.cast(pl.Float64)
    return pl.when(divisor != 0).then(dividend / (divisor + 0.0 * dividend))


def normal_quantile(confidence: float) -> float:
    """The two-sided normal quantile of a confidence level."""
    return float(ndtri(0.5 + confidence / 2))


def t_quantile(freedom: Expr, confidence: float) -> Expr:
    """The two-sided Student quantile; null without a degree of freedom."""
    return (
        freedom.cast(pl.Float64)
        .map_batches(
            lambda df: pl.Series(stdtrit(df.to_numpy(), 0.5 + confidence / 2)),
            return_dtype=pl.Float64,
        )
        .fill_nan(None)
    )


def design_effect(
    total: str = "total", n: str = "n", squares: str = "squares", prefix: str = ""
) -> Expr:
    """How many times the variance grows because one customer answers several times.

    deff = max(1, V_cl / V_iid), both from whole-number sums in 128 bits, so that one
    answer per customer gives exactly 1.
    """
    t, m, q = (pl.col(prefix + name).cast(pl.Int128) for name in (total, n, squares))
    clusters = ("cluster_squares", "cluster_product", "cluster_counts")
    ss, sn, nn = (pl.col(prefix + name).cast(pl.Int128) for name in clusters)
    clustered = (m * m * ss - 2 * m * t * sn + t * t * nn).cast(pl.Float64)
    independent = (m * (m * q - t * t)).cast(pl.Float64)
    return ratio(clustered, independent).clip(1.0).fill_null(1.0)


def wilson(
    k: Expr,
    n: Expr,
    *,
    confidence: float = CONFIDENCE,
    deff: Expr = NO_CLUSTERS,
) -> tuple[Expr, Expr]:
    """Wilson's interval of a share k / n (1927): its lower and upper bound."""
    z, share = normal_quantile(confidence), ratio(k, n)
    m = n.cast(pl.Float64) / deff
    scale = 1 + z**2 / m
    centre = (share + z**2 / (2 * m)) / scale
    half = z * (share * (1 - share) / m + z**2 / (4 * m**2)).sqrt() / scale
    low = pl.when(k == 0).then(0.0).otherwise((centre - half).clip(0.0, 1.0))
    high = pl.when(k == n).then(1.0).otherwise((centre + half).clip(0.0, 1.0))
    return _known(low, n).alias("ci_low"), _known(high, n).alias("ci_high")


def adjusted_wald(
    promoters: Expr,
    detractors: Expr,
    n: Expr,
    *,
    confidence: float = CONFIDENCE,
    deff: Expr = NO_CLUSTERS,
) -> tuple[Expr, Expr]:
    """Adjusted Wald interval of a net promoter score, in points (Rocks 2016)."""
    centre, variance = _adjusted_score(promoters, detractors, n, deff)
    half = normal_quantile(confidence) * variance.sqrt()
    low, high = (100 * bound for bound in (centre - half, centre + half))
    return (
        low.clip(-100.0, 100.0).alias("ci_low"),
        high.clip(-100.0, 100.0).alias("ci_high"),
    )


def t_interval(
    mean: Expr,
    variance: Expr,
    n: Expr,
    *,
    confidence: float = CONFIDENCE,
    deff: Expr = NO_CLUSTERS,
) -> tuple[Expr, Expr]:
    """Student's interval of a mean; null for one value or no variance."""
    m = n.cast(pl.Float64) / deff
    error = pl.when(variance > 0).then((variance / m).sqrt())
    half = t_quantile(pl.when(m > 1).then(m - 1), confidence) * error
    return (mean - half).alias("ci_low"), (mean + half).alias("ci_high")


def newcombe(
    part: tuple[Expr, Expr],
    other: tuple[Expr, Expr],
    *,
    confidence: float = CONFIDENCE,
) -> tuple[Expr, Expr, Expr]:
    """Difference of two shares (k, n), and its interval (Newcombe 1998, method 10)."""
    p1, p2 = ratio(*part), ratio(*other)
    low1, high1 = wilson(*part, confidence=confidence)
    low2, high2 = wilson(*other, confidence=confidence)
    below = ((p1 - low1) ** 2 + (high2 - p2) ** 2).sqrt()
    above = ((high1 - p1) ** 2 + (p2 - low2) ** 2).sqrt()
    return (
        (p1 - p2).alias("value"),
        (p1 - p2 - below).alias("ci_low"),
        (p1 - p2 + above).alias("ci_high"),
    )


def nps_difference(
    now: tuple[Expr, Expr, Expr],
    before: tuple[Expr, Expr, Expr],
    *,
    confidence: float = CONFIDENCE,
    deff: tuple[Expr, Expr] = (NO_CLUSTERS, NO_CLUSTERS),
) -> tuple[Expr, Expr, Expr]:
    """Difference of two scores (promoters, detractors, n), and its interval.

    The answers must be independent: periods that do not overlap.
    """
    centre1, variance1 = _adjusted_score(*now, deff[0])
    centre2, variance2 = _adjusted_score(*before, deff[1])
    half = normal_quantile(confidence) * (variance1 + variance2).sqrt()
    centre = centre1 - centre2
    raw = ratio(now[0] - now[1], now[2]) - ratio(before[0] - before[1], before[2])
    return (
        (100 * raw).alias("value"),
        (100 * (centre - half)).clip(-200.0, 200.0).alias("ci_low"),
        (100 * (centre + half)).clip(-200.0, 200.0).alias("ci_high"),
    )


def with_state(
    frame: pl.DataFrame,
    *,
    threshold: float | None,
    min_n: int = 30,
    good: Good = "high",
) -> pl.DataFrame:
    """Where each estimate stands against its threshold, and whether that is good.

    state: below, above, or undecided where the interval straddles the threshold, is
    null, or n is under `min_n`; null without a threshold. verdict: good, bad or
    undecided. reason: why a value is null or greyed.
    """
    small = pl.col("n") < min_n
    limit = pl.lit(threshold, pl.Float64)
    state = (
        pl.when(small | limit.is_null())
        .then(pl.when(limit.is_not_null()).then(pl.lit("undecided")))
        .when(pl.col("ci_high") < limit)
        .then(pl.lit("below"))
        .when(pl.col("ci_low") >= limit)
        .then(pl.lit("above"))
        .otherwise(pl.lit("undecided"))
    )
    nothing = (pl.col("n") == 0) & pl.col("value").is_null()
    why = pl.when(nothing).then(pl.lit(EMPTY)).when(small).then(pl.lit(SMALL))
    given = [pl.col("reason")] if "reason" in frame.columns else []
    stated = frame.with_columns(
        state.alias("state"), pl.coalesce(*given, why).alias("reason")
    )
    verdicts = dict(zip(("below", "above"), _verdicts(good), strict=True))
    return stated.with_columns(pl.col("state").replace(verdicts).alias("verdict"))


def _verdicts(good: Good) -> tuple[str, str]:
    return ("bad", "good") if good == "high" else ("good", "bad")


def _known(bound: Expr, n: Expr) -> Expr:
    return pl.when(n > 0).then(bound)


def _adjusted_score(
    promoters: Expr, detractors: Expr, n: Expr, deff: Expr
) -> tuple[Expr, Expr]:
    """The centre and the variance of the interval: 3/4 of an answer to each end."""
    m = n.cast(pl.Float64) / deff
    p = (ratio(promoters, n) * m + 0.75) / (m + 3)
    d = (ratio(detractors, n) * m + 0.75) / (m + 3)
    return p - d, (p + d - (p - d) ** 2) / (m + 3)
