"""Was the forecast right before? A forecast of the past beside what happened."""

import polars as pl
from pandera.typing.polars import DataFrame

from data.schemas.cells import Outcomes
from metrics.estimates import CONFIDENCE, EVERYONE, ratio
from metrics.frames import Backtest
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_forecast import GRADIENT, interval

TENTHS = 10
ORDER = ("forecast", "actual", "before", "expected_purchases", "purchases")


def clv_backtest(
    customers: DataFrame[Outcomes], fit: PurchaseFit, *, confidence: float = CONFIDENCE
) -> DataFrame[Backtest]:
    """CLV back-test: the forecast as of an earlier day beside what happened since.

    Formula: models fitted on what was known on the earlier day, value = the margin
        they expect from its customers by now, undiscounted; actual = their margin
        since; naive = their margin over as many days before it ("same as last year");
        error = value / actual - 1; deciles by forecast, 1 + floor(10 x share of
        customers with a smaller one)
    Interval: as of CLV; coverage is the share of deciles whose margin fell inside
    Grain: one row for all and one per decile, 10 the highest: segment, value, n,
        ci_low, ci_high, actual, naive, error, naive_error, inside, expected_purchases,
        purchases; for all also coverage, mae, naive_mae, rank, naive_rank
    Units: currency; errors and coverage are shares; mae is currency per customer; rank
        is Spearman's correlation over customers
    Source: Fader, Hardie, Lee, Marketing Science 24 (2005); Wuebben, von Wangenheim,
        Journal of Marketing 72 (2008)
    """
    smaller = pl.col("forecast").rank("min").cast(pl.Int64) - 1
    tenth = (1 + TENTHS * smaller // pl.len()).cast(pl.Int64)
    ordered = customers.sort(ORDER).with_columns(tenth=tenth)
    whole = _totals(ordered.with_columns(tenth=pl.lit(0, pl.Int64)))
    parts = _totals(ordered)
    both = _bounded(pl.concat([whole, parts]), fit, confidence)
    covered = both.filter(pl.col("segment") != EVERYONE)["inside"].mean()
    shown = both.with_columns(
        pl.when(pl.col("segment") == EVERYONE).then(number).alias(name)
        for name, number in (
            ("coverage", pl.lit(covered, pl.Float64)),
            *_single(ordered),
        )
    )
    return Backtest.validate(shown)


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    summed = ("forecast", "variance", *GRADIENT, "actual", "before")
    purchases = ("expected_purchases", "purchases")
    return (
        rows.group_by("tenth", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col(*summed, *purchases).sum())
        .sort("tenth")
    )


def _bounded(totals: pl.DataFrame, fit: PurchaseFit, confidence: float) -> pl.DataFrame:
    """The totals with the interval of each forecast, and whether it held."""
    ahead = totals.select("forecast", "variance", *GRADIENT)
    bounds = [interval(fit, row, confidence=confidence) for row in ahead.iter_rows()]
    low, high = (pl.Series([b[i] for b in bounds], dtype=pl.Float64) for i in (0, 1))
    value, actual, naive = (pl.col(n) for n in ("forecast", "actual", "before"))
    everyone = pl.col("tenth") == 0
    return totals.select(
        pl.when(everyone)
        .then(pl.lit(EVERYONE))
        .otherwise(pl.col("tenth").cast(pl.String))
        .alias("segment"),
        value.alias("value"),
        "n",
        low.alias("ci_low"),
        high.alias("ci_high"),
        "actual",
        naive.alias("naive"),
        (ratio(value, actual) - 1).alias("error"),
        (ratio(naive, actual) - 1).alias("naive_error"),
        actual.is_between(low, high).alias("inside"),
        "expected_purchases",
        "purchases",
    )


def _single(rows: pl.DataFrame) -> list[tuple[str, pl.Expr]]:
    """How far and how well ranked single customers are, by the model and by habit."""
    actual = pl.col("actual")
    told = rows.select(
        mae=(pl.col("forecast") - actual).abs().mean(),
        naive_mae=(pl.col("before") - actual).abs().mean(),
        rank=pl.corr("forecast", "actual", method="spearman").fill_nan(None),
        naive_rank=pl.corr("before", "actual", method="spearman").fill_nan(None),
    )
    values = told.row(0, named=True)
    return [(name, pl.lit(number, pl.Float64)) for name, number in values.items()]
