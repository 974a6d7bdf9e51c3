"""Answers about who comes back: growth accounting."""

import polars as pl

from dashboard import periods
from dashboard.answers.counted import column
from dashboard.answers.view import View
from dashboard.reader import Wanted
from data.schemas.cells import PurchaseCells
from metrics.growth import growth_accounting


def growth(view: View) -> pl.DataFrame:
    """Each month's buyers; the running month and those of the burn-in are marked."""
    spans = view.over("month")
    wanted = Wanted("purchase_cells", spans, view.where, view.by)
    found = PurchaseCells.validate(view.reader.cells(wanted).lazy())
    early = [_month(span) for span in spans if view.burning_in(span)]
    last = spans[-1]
    over = last.as_of == periods.month_end(last.as_of)
    running = pl.lit(not over) & (pl.col("month") == _month(last))
    months = [_month(span) for span in spans]
    split = growth_accounting(found, months=months, by=column(view.by))
    return split.with_columns(
        running.alias("running"), pl.col("month").is_in(early).alias("burn_in")
    )


def _month(span: periods.Span) -> str:
    return f"{span.as_of:%Y-%m}"
