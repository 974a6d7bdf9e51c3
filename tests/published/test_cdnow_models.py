"""The CDNOW sample: figures in print, and figures fitted by an independent script.

Fader, Hardie, Lee, "Counting Your Customers the Easy Way" (2005): 2,357 customers of
whom 39 weeks are used to fit and the next 39 to compare.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pandera.typing.polars import DataFrame

from data.schemas.cells import CustomerHistory, CustomerRevenue, Triples, ValueCells
from metrics.clv import clv, customer_values, failing_condition
from metrics.concentration import concentration
from metrics.purchase_fit import PurchaseFit, fit, triples
from metrics.purchase_forecast import (
    customer_purchases,
    expected_purchases,
    histories,
)
from metrics.purchase_models import MODELS, Histories
from metrics.purchase_simulation import simulated_totals
from metrics.spend_model import (
    CORRELATED,
    SpendFit,
    expected_spend,
    fit_spend,
    value_correlation,
)

UNTIL = date(1997, 9, 30)
HALF = 39 * 7
KEY = ("frequency", "recency", "T")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not (SHARED / "cdnow").is_dir(),
    reason="the public data sets are not beside this checkout",
)


@pytest.fixture(scope="module")
def figures() -> Mapping[str, Any]:
    text = (SHARED / "expected.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["cdnow_sample"])


@pytest.fixture(scope="module")
def days() -> pl.DataFrame:
    """One row per customer and purchase day: revenue, free orders counted."""
    lines = (SHARED / "cdnow" / "CDNOW_sample.txt").read_text(encoding="ascii")
    cells = [line.split() for line in lines.splitlines() if line.strip()]
    orders = pl.DataFrame(
        {
            "customer_id": [row[1] for row in cells],
            "day": [row[2] for row in cells],
            "revenue": [row[4] for row in cells],
        }
    ).with_columns(
        pl.col("day").str.to_date("%Y%m%d"), pl.col("revenue").cast(pl.Decimal(18, 2))
    )
    return orders.group_by("customer_id", "day").agg(pl.col("revenue").sum())


@pytest.fixture(scope="module")
def customers(days: pl.DataFrame) -> DataFrame[CustomerHistory]:
    day, spent = pl.col("day"), pl.col("revenue").cast(pl.Float64)
    past = days.filter(day <= UNTIL).group_by("customer_id")
    mean = spent.filter(day > day.min()).mean()
    found = past.agg(
        frequency=pl.len().cast(pl.Int64) - 1,
        recency=(day.max() - day.min()).dt.total_days(),
        T=(pl.lit(UNTIL) - day.min()).dt.total_days(),
        monetary_value=pl.when(mean > 0).then(mean),
        revenue=spent.sum(),
        margin=spent.sum(),
        cost=pl.lit(0.0),
        cost_of_year=pl.lit(0.0),
    )
    return CustomerHistory.validate(found.sort("customer_id"))


@pytest.fixture(scope="module")
def seen(customers: DataFrame[CustomerHistory]) -> DataFrame[Triples]:
    return triples(customers.lazy())


@pytest.fixture(scope="module")
def bgnbd(seen: DataFrame[Triples]) -> PurchaseFit:
    return fit(seen, model="bgnbd")


@pytest.fixture(scope="module")
def mbgnbd(seen: DataFrame[Triples]) -> PurchaseFit:
    return fit(seen)


@pytest.fixture(scope="module")
def spend(customers: DataFrame[CustomerHistory]) -> SpendFit:
    return fit_spend(customers)


def total(seen: DataFrame[Triples], model: PurchaseFit) -> dict[str, Any]:
    return expected_purchases(seen, model, horizon_days=HALF).row(0, named=True)


def test_the_histories_are_those_in_print(
    customers: DataFrame[CustomerHistory],
    seen: DataFrame[Triples],
    figures: Mapping[str, Any],
) -> None:
    said = figures["calibration"]
    weeks = customers.select(pl.col("recency", "T").sum() / 7).row(0)
    assert customers.height == said["customers"]
    assert customers.get_column("frequency").sum() == said["sum_x"]
    assert (customers.get_column("frequency") > 0).sum() == said["customers_x_gt_0"]
    assert weeks == pytest.approx((said["sum_tx_weeks"], said["sum_T_weeks"]))
    assert seen.height == 1016


def test_bgnbd_is_fitted_as_in_print(
    bgnbd: PurchaseFit, figures: Mapping[str, Any]
) -> None:
    """Reliability 93: three digits in print, and a fit of another script."""
    printed, here = figures["published"]["bgnbd"], dict(figures["fitted_here"]["bgnbd"])
    rounded = {name: round(value, 3) for name, value in bgnbd.parameters.items()}
    assert {**rounded, "LL": round(bgnbd.log_likelihood, 1)} == printed
    assert bgnbd.log_likelihood == pytest.approx(here.pop("LL"), abs=0.01)
    assert bgnbd.parameters == pytest.approx(here, rel=0.005)
    assert bgnbd.converged


def test_the_likelihood_at_the_printed_parameters_is_the_printed_one(
    seen: DataFrame[Triples], figures: Mapping[str, Any]
) -> None:
    printed = figures["published"]["bgnbd"]
    theta = np.log([printed[name] for name in ("r", "alpha", "a", "b")])
    known = Histories.of(seen)
    found = MODELS["bgnbd"].log_likelihood(theta, known)[0]
    assert found == pytest.approx(figures["LL_at_published_params"]["bgnbd"], abs=1e-4)


def test_gamma_gamma_is_fitted_as_in_print(
    spend: SpendFit, figures: Mapping[str, Any]
) -> None:
    printed, here = (figures[k]["gammagamma"] for k in ("published", "fitted_here"))
    found = {"p": spend.p, "q": spend.q, "gamma": spend.gamma}
    assert {name: round(value, 2) for name, value in found.items()} == printed
    assert found == pytest.approx({name: here[name] for name in found}, rel=0.005)
    assert spend.log_likelihood == pytest.approx(here["LL"], abs=0.01)
    assert (spend.customers, spend.converged) == (here["n"], True)


def test_the_next_39_weeks_are_forecast_as_by_the_independent_script(
    seen: DataFrame[Triples], bgnbd: PurchaseFit, figures: Mapping[str, Any]
) -> None:
    said = figures["holdout_39_weeks"]
    assert total(seen, bgnbd)["value"] == pytest.approx(said["bgnbd_total"], rel=0.005)
    rows = histories(seen, bgnbd, horizon_days=HALF, discount_rate=0)
    weight = pl.col("customers")
    by_x = rows.group_by(pl.col("frequency").clip(0, 7)).agg(
        weight.sum(),
        mean=(pl.col("expected_purchases") * weight).sum() / weight.sum(),
    )
    table = said["mean_by_x_0_to_6_and_7plus"]
    ordered = by_x.sort("frequency")
    assert ordered.get_column("customers").to_list() == table["customers"]
    assert ordered.get_column("mean").to_list() == pytest.approx(
        table["bgnbd"], rel=0.005
    )
    alive = (rows.get_column("p_alive") * rows.get_column("customers")).sum() / 2357
    assert alive == pytest.approx(figures["p_alive_mean"]["bgnbd"], rel=0.005)


def test_one_customer_is_forecast_as_by_the_independent_script(
    seen: DataFrame[Triples], bgnbd: PurchaseFit, figures: Mapping[str, Any]
) -> None:
    said = figures["customer_1"]
    rows = customer_purchases(seen, bgnbd, horizon_days=HALF)
    first = (pl.col("frequency") == 2) & (pl.col("recency") == 213)
    row = rows.filter(first & (pl.col("T") == 272)).row(0, named=True)
    assert row["value"] == pytest.approx(said["bgnbd_next_39_weeks"], rel=0.005)
    assert row["p_alive"] == pytest.approx(said["bgnbd_p_alive"], rel=0.005)
    assert row["ci_low"] <= row["value"] <= row["ci_high"]


def test_a_new_customer_is_forecast_as_by_the_independent_script(
    bgnbd: PurchaseFit, figures: Mapping[str, Any]
) -> None:
    said = figures["expected_purchases_new_customer"]["bgnbd_t"]
    weeks = np.array([float(text) for text in said])
    found = bgnbd.kind.first_purchases(np.array(bgnbd.theta), weeks)
    assert found == pytest.approx(list(said.values()), rel=0.005)


def test_spend_per_purchase_is_expected_as_in_print(
    customers: DataFrame[CustomerHistory],
    bgnbd: PurchaseFit,
    spend: SpendFit,
    figures: Mapping[str, Any],
) -> None:
    printed = SpendFit(6.25, 3.74, 15.44, -4055.92, 946, None)
    first = customers.head(10).select(expected_spend(printed)).to_series()
    said = figures["gammagamma_expected_mean_first_10"]
    assert first.to_list() == pytest.approx(said, rel=0.005)
    values = customer_values(
        customers, bgnbd, spend, horizon_days=HALF, discount_rate=0
    )
    money = (pl.col("expected_purchases") * pl.col("expected_spend")).sum()
    assert values.select(money).item() == pytest.approx(
        figures["expected_39_week_revenue_bgnbd_x_gammagamma"], rel=0.005
    )


def test_mbgnbd_is_fitted_as_by_an_independent_script(
    seen: DataFrame[Triples], mbgnbd: PurchaseFit
) -> None:
    said = {"r": 0.52484, "alpha": 6.18309, "a": 0.89136, "b": 1.61401}
    assert mbgnbd.parameters == pytest.approx(said, rel=0.005)
    assert mbgnbd.log_likelihood == pytest.approx(-9582.1357, abs=0.01)
    errors = np.sqrt(np.diag(mbgnbd.covariance))
    assert errors == pytest.approx([0.159, 0.113, 0.174, 0.333], rel=0.05)
    assert total(seen, mbgnbd)["value"] == pytest.approx(1576.73, rel=0.005)


def test_the_interval_is_honest_about_its_draws_and_misses_what_came(
    seen: DataFrame[Triples], mbgnbd: PurchaseFit, figures: Mapping[str, Any]
) -> None:
    row = total(seen, mbgnbd)
    said = (1410, 1780)
    draws = simulated_totals(seen, mbgnbd, horizon_days=HALF)
    simulated = np.quantile(draws, [0.025, 0.975])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(said, rel=0.02)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(simulated), rel=0.02)
    assert figures["calibration"]["holdout_transactions_39_weeks"] > row["ci_high"]


def test_the_value_of_everyone_is_the_sum_of_its_parts(
    customers: DataFrame[CustomerHistory],
    seen: DataFrame[Triples],
    mbgnbd: PurchaseFit,
    spend: SpendFit,
) -> None:
    assert failing_condition(seen, mbgnbd, spend) is None
    values = customer_values(customers, mbgnbd, spend)
    sums = pl.exclude("customer_id").sum()
    none = pl.lit(0, pl.Int64).alias("negative"), pl.lit(0.0).alias("loss")
    cells = values.select(pl.len().cast(pl.Int64).alias("customers"), sums, *none)
    row = clv(ValueCells.validate(cells.lazy()), mbgnbd).row(0, named=True)
    spent = customers.get_column("revenue").sum()
    assert row["historic_value"] == pytest.approx(spent)
    assert row["total"] == pytest.approx(spent + values.get_column("forecast").sum())
    assert row["ci_low"] < row["value"] < row["ci_high"]


def test_frequency_and_spend_are_uncorrelated_enough(
    customers: DataFrame[CustomerHistory],
) -> None:
    rho = value_correlation(customers)
    assert rho is not None
    assert abs(rho) < CORRELATED


def test_the_largest_customers_hold_the_known_share(
    days: pl.DataFrame, figures: Mapping[str, Any]
) -> None:
    spent = days.lazy().group_by("customer_id").agg(pl.col("revenue").sum())
    row = concentration(CustomerRevenue.validate(spent)).row(0, named=True)
    said = figures["sample_behaviour"]["top5pct"]
    assert (row["top_customers"], row["n"]) == (said["k"], said["n"])
    assert row["top_revenue"] == pytest.approx(said["top_sum"], abs=0.01)
    assert row["value"] == pytest.approx(said["share"], abs=1e-6)
