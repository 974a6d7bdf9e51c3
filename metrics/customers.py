"""Customers, their orders and money, and how many of them are lost."""

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import PurchaseCells
from metrics.estimates import (
    CONFIDENCE,
    EVERYONE,
    estimates,
    ratio,
    segments,
    wilson,
)
from metrics.frames import Estimate

NO_INTERVAL = (
    pl.lit(None, pl.Float64).alias("ci_low"),
    pl.lit(None, pl.Float64).alias("ci_high"),
)


def customers(
    cells: LazyFrame[PurchaseCells], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Customers: those with a purchase ever, up to the as-of date.

    Formula: distinct customers with an order completed and paid, up to the date
    Interval: none, it is a count
    Grain: one row per segment of `by`: segment, value, n, ci_low, ci_high
    Units: customers
    Source: the orders
    """
    return _total(cells, "customers", "customers", by)


def active_customers(
    cells: LazyFrame[PurchaseCells], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Active customers: those with a purchase in the window (365 days by default).

    Formula: distinct customers with an order completed and paid in the window
    Interval: none, it is a count
    Grain: one row per segment of `by`: segment, value, n, ci_low, ci_high
    Units: customers
    Source: the orders
    """
    return _total(cells, "buyers", "buyers", by)


def orders(
    cells: LazyFrame[PurchaseCells], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Orders: purchases in the window.

    Formula: count of orders completed with amount - refund above zero
    Interval: none, it is a count
    Grain: one row per segment of `by`: segment, value, n, ci_low, ci_high
    Units: orders
    Source: the orders
    """
    return _total(cells, "orders", "orders", by)


def revenue(
    cells: LazyFrame[PurchaseCells], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Revenue: what was paid for purchases in the window, less refunds.

    Formula: sum of amount - refund over completed orders
    Interval: none, it is a sum
    Grain: one row per segment of `by`: segment, value, n = orders, ci_low, ci_high
    Units: currency
    Source: the orders
    """
    return _total(cells, "revenue", "orders", by)


def margin(
    cells: LazyFrame[PurchaseCells], *, by: str = EVERYONE
) -> DataFrame[Estimate]:
    """Margin: revenue less the cost of the goods, for purchases in the window.

    Formula: sum of revenue - cost; where cost is not given, revenue x margin rate
    Interval: none, it is a sum
    Grain: one row per segment of `by`: segment, value, n = orders, ci_low, ci_high
    Units: currency
    Source: the orders and the margin rate of the settings
    """
    return _total(cells, "margin", "orders", by)


def churn_rate(
    cells: LazyFrame[PurchaseCells],
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[Estimate]:
    """Churn rate: customers active in the previous window who are not in this one.

    Formula: customers active before and not now / customers active before
    Interval: Wilson, 95%
    Grain: one row per segment of `by`: segment, value, n = active before,
        ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    return share(cells, ("lost_buyers", "previous_buyers"), by, confidence)


def share(
    cells: LazyFrame[PurchaseCells],
    counts: tuple[str, str],
    by: str,
    confidence: float,
) -> DataFrame[Estimate]:
    """One count as a share of another, by segment, with Wilson's interval."""
    k, n = pl.col(counts[0]), pl.col(counts[1])
    rows = segments(cells, by, k.sum(), n.sum())
    bounds = wilson(k, n, confidence=confidence)
    return estimates(
        rows.with_columns(ratio(k, n).alias("value"), n.alias("n"), *bounds)
    )


def _total(
    cells: LazyFrame[PurchaseCells], column: str, base: str, by: str
) -> DataFrame[Estimate]:
    """A sum is unknown, not zero, where there is no cell at all."""
    value = pl.col(column).sum().cast(pl.Float64).alias("value")
    rows = segments(cells, by, value, pl.col(base).sum().clip(0).alias("n"))
    known = pl.when(pl.col("cells") > 0).then("value").alias("value")
    return estimates(rows.with_columns(known, *NO_INTERVAL))
