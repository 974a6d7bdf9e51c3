"""Answers that are sums over cells: purchases, repurchase, surveys, tiers."""

import inspect

import polars as pl

from dashboard.answers.view import HISTORY, View
from dashboard.catalogue import CUSTOMER_CUTS
from dashboard.reader import Wanted
from data.schemas.cells import AnswerCells, Cells, PurchaseCells, RepurchaseCells
from metrics.estimates import EVERYONE

MARTS = {
    "purchase": "purchase_cells",
    "repurchase": "repurchase_cells",
    "answer": "answer_cells",
    "value": "value_cells",
    "tier": "purchase_cells",
}
NOT_COVERED = "window not covered by the history"
BURN_IN = "new customers may have bought before the history starts"
MODELS: dict[str, type[Cells]] = {
    "purchase": PurchaseCells,
    "repurchase": RepurchaseCells,
    "answer": AnswerCells,
}
CUT_COLUMNS = {
    "order_store": "store_id",
    "order_channel": "channel",
    "category": "category",
    "employee": "employee_id",
    "survey_store": "store_id",
    "mode": "mode",
}


def cells(view: View, mart: str | None = None, by: str | None = None) -> pl.DataFrame:
    """The cells that a view is summed from, with the column that it is cut by."""
    by = by or view.by
    cut = None if by is None or by in CUSTOMER_CUTS else CUT_COLUMNS.get(by)
    wanted = Wanted(mart or MARTS[view.metric.family], view.spans, view.where, by, cut)
    found = view.reader.cells(wanted)
    return found if cut is None else found.filter(pl.col("cut") != "*")


def column(by: str | None) -> str:
    """The column of the cells that holds the segments of a cut."""
    if by is None:
        return EVERYONE
    return by if by in (*CUSTOMER_CUTS, "as_of") else _event_column(by)


def _event_column(by: str) -> str:
    return "as_of" if by == "month" else "cut"


def counted(view: View) -> pl.DataFrame:
    """The metric of the cells, by segment."""
    found = MODELS[view.metric.family].validate(cells(view).lazy())
    function = view.metric.function
    named = inspect.signature(function).parameters
    given = {"confidence": view.reader.settings.confidence}
    extra = {name: value for name, value in given.items() if name in named}
    return function(found, by=column(view.by), **extra)


def labelled(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """A history: every date has a row, and windows not fully covered are unknown."""
    if view.by not in HISTORY:
        return frame
    frame = _dated(view, frame)
    covered = [span.as_of.isoformat() for span in view.spans if view.complete(span)]
    values = [name for name in frame.columns if frame[name].dtype == pl.Float64]
    known = pl.col("segment").is_in(covered)
    reason = pl.when(~known).then(pl.lit(NOT_COVERED))
    given = [pl.col("reason")] if "reason" in frame.columns else []
    masked = frame.with_columns(
        *(pl.when(known).then(pl.col(name)).alias(name) for name in values),
        pl.coalesce(reason, *given).alias("reason"),
    )
    if view.by == "month":
        masked = masked.with_columns(pl.col("segment").str.slice(0, 7))
    return masked


def marked(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Say where a number that is shown rests on a history that starts too late."""
    doubt = pl.lit(None, pl.String)
    if view.by not in HISTORY and not view.complete(view.spans[0]):
        doubt = pl.lit(NOT_COVERED)
    elif view.metric.name == "returning_share":
        doubt = pl.when(_burning_in(view, frame)).then(pl.lit(BURN_IN))
    return frame.with_columns(pl.coalesce("reason", doubt).alias("reason"))


def _burning_in(view: View, frame: pl.DataFrame) -> pl.Expr:
    early = [span.as_of.isoformat() for span in view.spans if view.burning_in(span)]
    if view.by not in HISTORY:
        return pl.lit(bool(early))
    size = len(frame["segment"][0])  # a day, or its month
    return pl.col("segment").is_in([day[:size] for day in early])


def _dated(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """A row for each date of a history, also where it has no cell: n is 0 there."""
    dates = pl.DataFrame({"segment": [span.as_of.isoformat() for span in view.spans]})
    parts = [name for name in ("horizon_days", "dimension") if name in frame.columns]
    if parts:
        kinds = frame.select(parts).unique(maintain_order=True)
        dates = dates.join(kinds, how="cross")
    rows = dates.join(frame, on=["segment", *parts], how="left", maintain_order="left")
    return rows.select(frame.columns).with_columns(pl.col("n").fill_null(0))
