"""Customers whose value is below zero: how many, and who."""

import polars as pl

from dashboard.answers import valued
from dashboard.answers.counted import column
from dashboard.answers.view import View
from data.schemas.cells import ValueCells
from metrics.negative_value import negative_clv

MORE = ("share", "total")
LISTED = (
    *("customer_id", "store", "region", "customer_type", "acquisition_channel", "tier"),
    *("frequency", "T", "p_alive", "historic", "cost", "forecast", "cost_ahead", "clv"),
)


def negative(view: View) -> pl.DataFrame:
    """How many customers of a view have a value below zero; or who they are."""
    reason = valued.why_not(view)
    if reason is not None:
        return valued.no_forecast(reason, MORE)
    if "per-customer" in view.options:
        return _listed(view)
    cells = ValueCells.validate(valued.value_cells(view).lazy())
    counted = negative_clv(cells, by=column(view.by))
    return counted.with_columns(pl.lit(None, pl.String).alias("reason"))


def _listed(view: View) -> pl.DataFrame:
    """The customers below zero with their attributes, those who cost most first."""
    below = valued.per_customer(view).filter(pl.col("clv") < 0)
    people = valued.members(view)
    known = below.join(people, on="customer_id", maintain_order="left")
    return known.select(LISTED).sort("clv", "customer_id")
