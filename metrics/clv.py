"""What is a customer worth? Margin earned to date, and margin to be expected."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import CustomerHistory, Triples, ValueCells
from metrics.estimates import CONFIDENCE, EVERYONE, exact_sum, ratio, segments
from metrics.exact import exact_sums, exact_total, whole_steps
from metrics.frames import ClvModel, CustomerValue, MeanValue
from metrics.purchase_fit import PurchaseFit
from metrics.purchase_forecast import GRADIENT, forecast, interval
from metrics.purchase_models import MODELS
from metrics.spend_model import SpendFit, expected_spend

SUMMED = (
    *("historic", "forecast", "expected_purchases", "variance", *GRADIENT),
    *("cost", "cost_ahead", "negative", "loss"),
)
YEAR = 365
NET = pl.col("historic") - pl.col("cost") + pl.col("forecast") - pl.col("cost_ahead")
"""What is earned and expected, less what serving has cost and is expected to cost."""

SHRINKAGE = 5
"""How many purchases everyone's margin rate counts for beside a customer's own."""

MIN_BUYERS, MIN_DAYS, MAX_SILENCE, MIN_REPEATERS = 500, 180, 30, 30


def clv(
    cells: LazyFrame[ValueCells],
    fit: PurchaseFit,
    *,
    by: str = EVERYONE,
    confidence: float = CONFIDENCE,
) -> DataFrame[MeanValue]:
    """Customer lifetime value: margin to date and to be expected, less cost to serve.

    Formula: (margin to date - cost to serve to date + expected purchases, discounted
        at 10% a year, x expected margin per purchase, over 365 days - expected cost to
        serve) / customers; expected cost = cost of the past 365 days / min(T, 365) days
        x horizon x P(still a customer), of unit costs in the settings, by default none
    Interval: simulation of parameters and purchases together, 95%; it does not cover
        a model that is wrong, nor how cost to serve will vary
    Grain: one row per segment of `by`: segment, value, n = customers, ci_low, ci_high,
        historic_value, expected_value, total, cost, cost_ahead (sums over the
        customers; the costs are subtracted in the others)
    Units: currency per customer; totals in currency
    Source: Batislam, Denizel, Filiztekin, International Journal of Research in
        Marketing 24 (2007); Fader, Hardie, Lee, Marketing Science 24 (2005); Fader,
        Hardie, "The Gamma-Gamma Model of Monetary Value" (2013)
    """
    money = pl.col("historic", "forecast", "variance", *GRADIENT, "cost", "cost_ahead")
    sums = (pl.col("customers").sum(), exact_sum(money))
    rows = segments(cells, by, *sums).collect()
    ahead = rows.select("forecast", "variance", *GRADIENT)
    bounds = [interval(fit, row, confidence=confidence) for row in ahead.iter_rows()]
    n, net = pl.col("customers"), NET - pl.col("forecast")
    low, high = (pl.Series([b[i] for b in bounds], dtype=pl.Float64) for i in (0, 1))
    return MeanValue.validate(
        rows.select(
            "segment",
            ratio(NET, n).alias("value"),
            n.alias("n"),
            ratio(net + low, n).alias("ci_low"),
            ratio(net + high, n).alias("ci_high"),
            (pl.col("historic") - pl.col("cost")).alias("historic_value"),
            (pl.col("forecast") - pl.col("cost_ahead")).alias("expected_value"),
            NET.alias("total"),
            "cost",
            "cost_ahead",
        )
    )


def customer_values(
    customers: DataFrame[CustomerHistory],
    fit: PurchaseFit,
    spend: SpendFit,
    *,
    horizon_days: int = 365,
    discount_rate: float = 0.10,
) -> DataFrame[CustomerValue]:
    """Each customer's forecast: purchases, spend per purchase, margin, cost to serve.

    The gradient and the variance are those of the forecast margin; summed over
    customers they give the interval of any group's total. The customers' own columns
    stand beside.
    """
    rows = forecast(
        customers, fit, horizon_days=horizon_days, discount_rate=discount_rate
    )
    worth = pl.col("expected_spend") * pl.col("margin_rate")
    known = customers.with_columns(
        expected_spend(spend).alias("expected_spend"), _margin_rate(customers)
    )
    scored = pl.concat([known, rows], how="horizontal").with_columns(
        pl.col("margin").alias("historic"),
        (pl.col("discounted_purchases") * worth).alias("forecast"),
        (pl.col("variance") * worth**2).alias("variance"),
        *((pl.col(name) * worth).alias(name) for name in GRADIENT),
        _cost_ahead(horizon_days),
    )
    return CustomerValue.validate(scored.with_columns(clv=NET))


def value_sums(values: DataFrame[CustomerValue], cells: Sequence[str]) -> pl.DataFrame:
    """The sums of value cells over customers, by the number of the cell they are in.

    Several columns may tell a cell, one of each set of cells; without a number a
    customer is in none. The sums are the same in any order of the customers.
    """
    lost = pl.col("clv") < 0
    counted = values.with_columns(
        negative=lost.cast(pl.Float64), loss=pl.when(lost).then("clv")
    )
    whole = [whole_steps(counted.get_column(n).fill_null(0).to_numpy()) for n in SUMMED]
    return pl.concat([_sums_by(values.get_column(cell), whole) for cell in cells])


def _sums_by(
    cell: pl.Series, whole: Sequence[tuple[NDArray[np.int64], float]]
) -> pl.DataFrame:
    inside = cell.fill_null(-1).to_numpy() + 1
    customers = np.bincount(inside)
    sums = [exact_sums(*column, inside, customers.size) for column in whole]
    shown = {
        "cell": np.arange(customers.size) - 1,
        "customers": customers,
        **dict(zip(SUMMED, sums, strict=True)),
    }
    return pl.DataFrame(shown).filter(pl.col("cell") >= 0, pl.col("customers") > 0)


def failing_condition(
    seen: DataFrame[Triples], fit: PurchaseFit, spend: SpendFit | None = None
) -> str | None:
    """Why there is no forecast, in words; nothing where there can be one.

    Of purchases alone where no model of spend is given.
    """
    people = pl.col("customers")
    facts = seen.select(
        people.sum().alias("buyers"),
        pl.col("T").max().fill_null(0).alias("days"),
        (pl.col("T") - pl.col("recency")).min().fill_null(0).alias("silence"),
        people.filter(pl.col("frequency") >= 2).sum().alias("repeaters"),
    ).row(0, named=True)
    conditions = (
        (facts["buyers"] < MIN_BUYERS, f"fewer than {MIN_BUYERS} buyers"),
        (facts["days"] < MIN_DAYS, f"less than {MIN_DAYS} days of history"),
        (facts["silence"] >= MAX_SILENCE, f"no order in the last {MAX_SILENCE} days"),
        (
            facts["repeaters"] < MIN_REPEATERS,
            f"fewer than {MIN_REPEATERS} customers with three purchase days",
        ),
        (not fit.converged, f"purchases: {fit.reason}"),
        (spend is not None and not spend.converged, f"spend: {spend and spend.reason}"),
    )
    return next((reason for failed, reason in conditions if failed), None)


def clv_model(
    fit: PurchaseFit, spend: SpendFit, *, as_of: date, reason: str | None = None
) -> DataFrame[ClvModel]:
    """CLV model: the fitted parameters and how well they are supported.

    Formula: maximum likelihood over the distinct histories (frequency, recency, T)
    Interval: standard errors of the ln-parameters are in `covariance`, row by row
    Grain: one row: as_of, model, r, alpha, a, b, log_likelihood, customers, triples,
        converged, p, q, gamma, spend_log_likelihood, spend_customers, correlation
        (Spearman's, of frequency and spend), covariance, reason
    Units: weeks for alpha; currency for gamma; the rest without unit
    Source: Batislam, Denizel, Filiztekin, International Journal of Research in
        Marketing 24 (2007); Fader, Hardie, Lee, Marketing Science 24 (2005); Fader,
        Hardie, "The Gamma-Gamma Model of Monetary Value" (2013)
    """
    row = {
        "as_of": as_of,
        "model": fit.model,
        **fit.parameters,
        "log_likelihood": fit.log_likelihood,
        "customers": fit.customers,
        "triples": fit.triples,
        "converged": fit.converged,
        "p": spend.p,
        "q": spend.q,
        "gamma": spend.gamma,
        "spend_log_likelihood": spend.log_likelihood,
        "spend_customers": spend.customers,
        "correlation": spend.correlation,
        "covariance": np.ravel(fit.covariance).tolist(),
        "reason": reason or fit.reason or spend.reason,
    }
    typed = pl.DataFrame([row], schema=ClvModel.empty().schema)
    known = pl.col("covariance").list.eval(pl.element().fill_nan(None))
    return ClvModel.validate(typed.fill_nan(None).with_columns(known))


def fitted(model: DataFrame[ClvModel]) -> PurchaseFit:
    """The fitted purchase model back from its row, for a forecast's intervals."""
    row = model.row(0, named=True)
    names = MODELS[row["model"]].parameters
    theta = np.log(np.array([row[name] for name in names], dtype=np.float64))
    square = np.array(row["covariance"], dtype=np.float64).reshape(theta.size, -1)
    return PurchaseFit(
        model=row["model"],
        theta=tuple(map(float, theta)),
        covariance=tuple(tuple(map(float, line)) for line in square),
        log_likelihood=float(np.float64(row["log_likelihood"])),
        customers=row["customers"],
        triples=row["triples"],
        reason=row["reason"],
    )


def _cost_ahead(horizon_days: int) -> pl.Expr:
    """Cost goes on as in the past year, or as since the first purchase, if alive.

    Who first bought today has been a customer for a day.
    """
    days = pl.col("T").clip(1, YEAR)
    a_day = pl.col("cost_of_year") / days
    return (a_day * horizon_days * pl.col("p_alive")).alias("cost_ahead")


def _margin_rate(customers: pl.DataFrame) -> pl.Expr:
    """Own margin rate, drawn to everyone's by how few purchases there are."""
    margin, revenue = pl.col("margin"), pl.col("revenue")
    sums = [
        exact_total(customers.get_column(n).to_numpy()) for n in ("margin", "revenue")
    ]
    everyone = ratio(*map(pl.lit, sums))
    seen = pl.when(revenue > 0).then(pl.col("frequency") + 1).otherwise(0)
    own = pl.when(revenue > 0).then(margin / revenue).otherwise(0.0)
    rate = (seen * own + SHRINKAGE * everyone) / (seen + SHRINKAGE)
    return rate.alias("margin_rate")


def spend_fitted(row: DataFrame[ClvModel]) -> SpendFit:
    """The fitted spend model back from its row."""
    values = row.row(0, named=True)
    p, q, gamma, ll = (
        float("nan") if values[name] is None else float(values[name])
        for name in ("p", "q", "gamma", "spend_log_likelihood")
    )
    return SpendFit(
        *(p, q, gamma, ll),
        customers=values["spend_customers"],
        reason=values["reason"],
        correlation=values["correlation"],
    )
