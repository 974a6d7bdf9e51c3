"""Cohorts: what those who first bought in one month buy in the months after."""

from datetime import date, timedelta
from typing import Literal

import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import CohortCells
from metrics.estimates import EVERYONE, ratio
from metrics.frames import CohortPeople, Cohorts

Shown = Literal["customers", "orders", "revenue", "margin"]
SHOWN: tuple[Shown, ...] = ("customers", "orders", "revenue", "margin")


def cohort_retention(
    cells: LazyFrame[CohortCells], *, as_of: date, show: Shown = "customers"
) -> DataFrame[Cohorts]:
    """Cohort retention: what a month's first-time buyers buy in each month after.

    Formula: customers of the cohort with a purchase in the month / customers of the
        cohort; or their orders, net revenue or margin of that month per customer of the
        cohort. So far: those who came back in any month after the first, or the sums
        since the first purchase. Mean: all cohorts whose month is over, together
    Interval: none, everyone is counted
    Grain: one row per cohort and month since, and per month since for all: cohort =
        month of the first purchase, months_since, n = customers of the cohort, count,
        value = count / n, count_so_far, value_so_far, complete; null before the month
        is over
    Units: share 0 to 1, orders or currency per customer of the cohort; counts; months
    Source: Ryder, American Sociological Review 30 (1965)
    """
    last = month_of(as_of + timedelta(days=1)) - 1
    rows = _grid(_sums(cells, show), month_of(as_of)).with_columns(
        (pl.col("first_month") + pl.col("months_since") <= last).alias("complete")
    )
    told = pl.concat([_means(rows), _cohorts(rows)], how="diagonal")
    so_far = ratio(pl.col("count_so_far"), pl.col("n")).alias("value_so_far")
    return Cohorts.validate(
        told.with_columns(ratio(pl.col("count"), pl.col("n")).alias("value"), so_far)
        .sort("cohort", "months_since")
        .select(*Cohorts.to_schema().columns)
        .collect()
    )


def cohort_customers(customers: LazyFrame[CohortPeople]) -> DataFrame[CohortPeople]:
    """Customers of a cohort: who first bought in a month, and what came of them.

    Formula: first purchase in the month `cohort`; with `in-month` those who bought so
        many months later, with `by-month` those who came back up to then
    Interval: none, this is a list
    Grain: one row per customer: attributes, first and last purchase day, purchase days,
        orders, net revenue and margin to date, net revenue of the trailing year
    Units: days as dates; counts; currency
    Source: Ryder, American Sociological Review 30 (1965)
    """
    order = ("annual_revenue", "revenue", "customer_id")
    found = customers.sort(order, descending=[True, True, False])
    return CohortPeople.validate(found.collect())


def month_of(day: date) -> int:
    """A month's number, as cells count them: from year 0, January is 0."""
    return 12 * day.year + day.month - 1


def first_of(month: int) -> date:
    """The first day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def _sums(cells: pl.LazyFrame, show: Shown) -> pl.LazyFrame:
    added = "returned" if show == "customers" else show
    return cells.group_by("first_month", "months_since").agg(
        pl.sum("customers").alias("size"),
        pl.sum(show).cast(pl.Float64).alias("count"),
        pl.sum(added).cast(pl.Float64).alias("added"),
    )


def _grid(sums: pl.LazyFrame, now: int) -> pl.LazyFrame:
    """A row for each month of each cohort, whether or not somebody bought in it."""
    first = sums.filter(pl.col("months_since") == 0)
    months = pl.int_ranges(0, now + 1 - pl.col("first_month")).alias("months_since")
    rows = first.select("first_month", pl.col("size").alias("n"), months)
    grid = rows.explode("months_since").join(
        sums.drop("size"), on=["first_month", "months_since"], how="left"
    )
    filled = grid.with_columns(pl.col("count", "added").fill_null(0.0))
    so_far = pl.col("added").cum_sum().over("first_month", order_by="months_since")
    return filled.with_columns(so_far.alias("count_so_far")).drop("added")


def _cohorts(rows: pl.LazyFrame) -> pl.LazyFrame:
    month = pl.date(pl.col("first_month") // 12, pl.col("first_month") % 12 + 1, 1)
    known = [
        pl.when("complete").then(pl.col(name)).alias(name)
        for name in ("count", "count_so_far")
    ]
    return rows.with_columns(month.dt.strftime("%Y-%m").alias("cohort"), *known).drop(
        "first_month"
    )


def _means(rows: pl.LazyFrame) -> pl.LazyFrame:
    """All cohorts together, of those whose month is over."""
    whole = rows.filter("complete").group_by("months_since")
    return whole.agg(
        pl.lit(EVERYONE).alias("cohort"),
        pl.sum("n", "count", "count_so_far"),
        pl.lit(True).alias("complete"),  # noqa: FBT003 a value
    )
