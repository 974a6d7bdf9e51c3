"""Answers from the models of customer value: CLV, expected purchases, tiers."""

from dataclasses import replace
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods, values
from dashboard.answers.counted import cells as cells_of
from dashboard.answers.counted import column
from dashboard.answers.tiering import distributed
from dashboard.answers.view import HISTORY, View
from dashboard.cells import frame
from dashboard.reader import Wanted
from dashboard.tier_queries import scheme_of
from data.errors import UsageError
from data.marts import sql
from data.schemas.cells import CustomerHistory, TierCells, ValueCells
from data.settings import ClvSettings
from metrics import clv as value_metrics
from metrics.estimates import EVERYONE
from metrics.frames import ClvModel
from metrics.purchase_fit import triples
from metrics.purchase_forecast import expected_purchases as expected
from metrics.spend_model import doubt
from metrics.tiers import tier_distribution

ESTIMATE = {
    "segment": pl.String,
    "value": pl.Float64,
    "n": pl.Int64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
}
MONEY = ("revenue", "revenue_share", "margin", "margin_share")
TOTALS = ("historic_value", "expected_value", "total", "cost", "cost_ahead")
OPTIONS = {
    "model": "model",
    "horizon": "horizon_days",
    "discount-rate": "discount_rate",
}
NOT_KEPT = "no model is kept of this date; ask for it with --as-of"
EACH = (
    "customer_id", "frequency", "recency", "T", "p_alive", "expected_purchases",
    "discounted_purchases", "expected_spend", "margin_rate", "historic", "forecast",
    "cost", "cost_ahead", "clv",
)  # fmt: skip


def asked(view: View) -> ClvSettings:
    """The model, horizon and discount rate of a question, else the settings'."""
    usual = view.reader.settings.clv
    given = {OPTIONS[k]: v for k, v in view.options.items() if k in OPTIONS}
    try:
        return ClvSettings.model_validate(usual.model_dump() | given)
    except ValueError as error:
        raise UsageError(
            "--model is mbgnbd or bgnbd, --horizon a number of days,"
            " --discount-rate a share from 0 to below 1"
        ) from error


def usual(view: View) -> bool:
    """Whether a question asks for what the snapshot keeps."""
    return asked(view) == view.reader.settings.clv


def valuation(view: View) -> values.Valuation:
    """The models as of a view's date: the kept ones, else fitted on all customers."""
    day, name = view.as_of, asked(view).model
    layout = cells.Layout((periods.span(day, "all"),))
    kept = _kept_models(view).filter(pl.col("reason").is_null())

    def ask() -> values.Valuation:
        seen = view.reader.laid_out(layout, lambda c: values.histories(c, day))
        customers = CustomerHistory.validate(seen)
        if kept.height:
            return values.known(customers, ClvModel.validate(kept))
        return values.valued(customers, day, name)

    return view.reader.remember(("valuation", day, name), ask)


def _kept_models(view: View) -> pl.DataFrame:
    """The models that the snapshot keeps of a date, if they are those asked for."""
    rows = view.reader.rows("SELECT * FROM clv_models")
    model = pl.col("model") == asked(view).model
    return rows.filter(pl.col("as_of") == view.as_of, model)


def clv(view: View) -> pl.DataFrame:
    """Mean value of a customer, by segment or date; or each customer's."""
    if view.by in HISTORY:
        return _history(view)
    if "per-customer" in view.options:
        return per_customer(view)
    reason, found = why_not(view), _models(view)
    if reason is not None:
        return no_forecast(reason, TOTALS)
    worth = value_metrics.clv(
        ValueCells.validate(value_cells(view).lazy()),
        value_metrics.fitted(ClvModel.validate(found)),
        by=column(view.by),
        confidence=view.reader.settings.confidence,
    )
    warning = doubt(found["correlation"][0])
    return worth.with_columns(pl.lit(warning, pl.String).alias("reason"))


def _history(view: View) -> pl.DataFrame:
    """One row per date: of those that the snapshot keeps models of, and the last."""
    kept = {*_kept(view), view.as_of}
    plain = replace(view.question, by=None)
    frames = [
        clv(replace(view, question=plain, as_of=span.as_of))
        if span.as_of in kept
        else no_forecast(NOT_KEPT, TOTALS)
        for span in view.spans
    ]
    named = [
        frame.with_columns(pl.lit(span.as_of.isoformat()).alias("segment"))
        for span, frame in zip(view.spans, frames, strict=True)
    ]
    return pl.concat(named)


def _kept(view: View) -> set[date]:
    """The dates whose models the snapshot keeps."""
    return set(view.reader.rows("SELECT as_of FROM clv_models")["as_of"])


def why_not(view: View) -> str | None:
    """Why nobody is valued as of a view's date; nothing where they are."""
    reason = _models(view)["reason"][0]
    return None if reason is None else f"no forecast: {reason}"


def no_forecast(reason: str, more: tuple[str, ...] = ()) -> pl.DataFrame:
    """One row that says why there is no number."""
    row = {"segment": EVERYONE, "n": 0, "reason": reason}
    schema = ESTIMATE | dict.fromkeys(more, pl.Float64) | {"reason": pl.String}
    return pl.DataFrame([row], schema=schema)


def _models(view: View) -> pl.DataFrame:
    """The models as one row: the kept one, else fitted now."""
    kept = _kept_models(view)
    return kept if kept.height else valuation(view).model()


def value_cells(view: View) -> pl.DataFrame:
    """The value cells of a view; of kept dates all at once, as a history needs them."""
    days = _kept(view)
    spans = tuple(periods.span(day, "all") for day in sorted(days))
    wanted = Wanted("value_cells", spans, view.where, view.by)
    if not usual(view) or view.as_of not in days or wanted.cube() is None:
        return _value_cells_now(view)
    return view.reader.cells(wanted).filter(pl.col("as_of") == view.as_of)


def _value_cells_now(view: View) -> pl.DataFrame:
    """The value cells of a date, every customer valued again by its models."""
    layout = cells.Layout(
        (periods.span(view.as_of, "all"),), where=view.where, crossed=True
    )
    model = ClvModel.validate(_models(view))

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        found = values.known(values.histories(cursor, view.as_of), model)
        sums = values.sums(found.values(asked(view)), view.as_of)
        cells.put(cursor, "value_sums", sums)
        return frame(cursor, sql("value_cells"))

    key = ("value cells", view.as_of, view.where, asked(view))
    return view.reader.remember(key, lambda: view.reader.laid_out(layout, ask))


def per_customer(view: View) -> pl.DataFrame:
    """One row per customer of the view, the most valuable first."""
    found = valuation(view)
    if found.reason is not None:
        return no_forecast(f"no forecast: {found.reason}")
    return (
        found.values(asked(view))
        .join(members(view).select("customer_key", "customer_id"), on="customer_key")
        .select(EACH)
        .sort("clv", "customer_id", descending=[True, False], nulls_last=True)
    )


def members(view: View) -> pl.DataFrame:
    """The customers of a view that have bought, with their attributes."""
    span = periods.span(view.as_of, "all")
    layout = cells.Layout((span,), where=view.where, crossed=True)
    query = "SELECT * FROM named_keys WHERE first_day IS NOT NULL ORDER BY customer_id"

    def ask(cursor: DuckDBPyConnection) -> pl.DataFrame:
        return frame(cursor, query)

    key = ("members", span, view.where)
    return view.reader.remember(key, lambda: view.reader.laid_out(layout, ask))


def expected_purchases(view: View) -> pl.DataFrame:
    """Purchase days ahead of the customers of a view, in total or each."""
    if "per-customer" in view.options:
        return per_customer(view)
    found = valuation(view)
    everyone = triples(found.customers.lazy())
    reason = value_metrics.failing_condition(everyone, found.purchases)
    if reason is not None:
        return no_forecast(f"no forecast: {reason}")
    seen = found.customers.join(members(view), on="customer_key", how="semi")
    return expected(
        triples(seen.lazy()),
        found.purchases,
        horizon_days=asked(view).horizon_days,
        confidence=view.reader.settings.confidence,
    )


def model(view: View) -> pl.DataFrame:
    """The fitted models of a date."""
    return _models(view)


def tiers(view: View) -> pl.DataFrame:
    """Customers, money and value by tier; of a history, as of each date."""
    if scheme_of(view) != cells.SCHEME:
        return distributed(view)
    found = cells_of(view, by="tier")
    if view.by not in HISTORY:
        return _tiers(view, found)
    kept, frames = _kept(view), []
    for span in view.spans:
        then = found.filter(pl.col("as_of") == span.as_of)
        day = replace(view, as_of=span.as_of)
        shown = _tiers(day, then, valued=span.as_of in kept)
        frames.append(_dated(shown, span.as_of, covered=view.complete(span)))
    return pl.concat(frames)


def _tiers(view: View, found: pl.DataFrame, *, valued: bool = True) -> pl.DataFrame:
    cut = replace(view, question=replace(view.question, by="tier", options=()))
    known = valued and _models(cut)["reason"][0] is None
    worth = ValueCells.validate(value_cells(cut).lazy()) if known else None
    return tier_distribution(TierCells.validate(found.lazy()), worth)


def _dated(shown: pl.DataFrame, day: date, *, covered: bool) -> pl.DataFrame:
    """The tiers of a date; money is unknown where the history starts too late."""
    unknown = [] if covered else [pl.lit(None, pl.Float64).alias(n) for n in MONEY]
    columns = ("as_of", *shown.columns)
    return shown.with_columns(*unknown, pl.lit(day).alias("as_of")).select(columns)
