"""Value per customer, and of everyone together."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import CustomerHistory, Triples, ValueCells
from metrics.clv import (
    NET,
    clv,
    clv_model,
    customer_values,
    failing_condition,
    fitted,
    value_sums,
)
from metrics.frames import CustomerValue
from metrics.negative_value import negative_clv
from metrics.purchase_fit import triples
from tests.metrics.worked import PURCHASES, SPEND

LAW = settings(max_examples=25, deadline=None)
GRADIENT = [f"gradient_{k}" for k in (1, 2, 3, 4)]


def people(*rows: tuple[int, int, int, float | None, float, float]) -> pl.DataFrame:
    columns = ("frequency", "recency", "T", "monetary_value", "revenue", "margin")
    whole, real = pl.Int64(), pl.Float64()
    types = (whole, whole, whole, real, real, real)
    schema = dict(zip(columns, types, strict=True))
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    number = pl.int_range(pl.len()).cast(pl.String).alias("customer_id")
    nothing = pl.lit(0.0)
    return frame.with_columns(number, cost=nothing, cost_of_year=nothing)


def valued(*rows: tuple[int, int, int, float | None, float, float]) -> pl.DataFrame:
    found = customer_values(CustomerHistory.validate(people(*rows)), PURCHASES, SPEND)
    return pl.DataFrame(found)


def cells(values: DataFrame[CustomerValue], tier: pl.Expr) -> LazyFrame[ValueCells]:
    sums = (
        *("historic", "forecast", "expected_purchases", "variance", *GRADIENT),
        *("cost", "cost_ahead"),
    )
    lost = pl.col("clv") < 0
    size = pl.len().cast(pl.Int64).alias("customers")
    grouped = (
        values.lazy()
        .group_by(tier.alias("tier"))
        .agg(
            size,
            pl.col(sums).sum(),
            lost.sum().cast(pl.Int64).alias("negative"),
            pl.col("clv").filter(lost).sum().alias("loss"),
        )
    )
    return ValueCells.validate(grouped)


def crowd(size: int = 600) -> DataFrame[CustomerHistory]:
    rng = np.random.default_rng(5)
    x, age = rng.integers(0, 8, size), rng.integers(200, 400, size)
    recency = np.where(x > 0, rng.integers(20, 190, size), 0)
    mean = [
        float(m) if k else None for m, k in zip(rng.gamma(6, 6, size), x, strict=True)
    ]
    spent = (x + 1) * 36.0
    rows = zip(x, recency, age, mean, spent, 0.4 * spent, strict=True)
    return CustomerHistory.validate(people(*[(*row,) for row in rows]))


@pytest.fixture(scope="module")
def values() -> DataFrame[CustomerValue]:
    return customer_values(crowd(), PURCHASES, SPEND)


def test_the_worked_customer_is_valued() -> None:
    row = valued((2, 213, 272, 23.66, 70.98, 70.98)).row(0, named=True)
    assert row["expected_spend"] == pytest.approx(25.73218, rel=1e-5)
    assert row["expected_purchases"] == pytest.approx(1.600323, rel=1e-4)
    assert row["discounted_purchases"] == pytest.approx(1.532169, rel=1e-4)
    assert row["forecast"] == pytest.approx(1.532169 * 25.73218, rel=1e-4)


def test_without_a_repeat_purchase_a_customer_spends_as_everyone() -> None:
    row = valued((0, 0, 272, None, 30.0, 30.0)).row(0, named=True)
    assert row["expected_spend"] == pytest.approx(35.17037, rel=1e-5)


def test_a_margin_rate_is_drawn_to_everyone_s() -> None:
    rich = (4, 200, 272, 20.0, 100.0, 80.0)
    poor = (0, 0, 272, None, 100.0, -40.0)
    nothing = (0, 0, 272, None, 0.0, 0.0)
    rates = valued(rich, poor, nothing).get_column("margin_rate").to_list()
    everyone = 0.2
    assert rates == pytest.approx(
        [(5 * 0.8 + 5 * everyone) / 10, (-0.4 + 5 * everyone) / 6, everyone]
    )


def test_a_customer_who_costs_money_has_a_negative_value() -> None:
    rows = [(9, 200, 272, 20.0, 200.0, -100.0)] * 2
    assert valued(*rows).get_column("forecast").max() < 0


def test_the_tiers_sum_to_everyone(values: DataFrame[CustomerValue]) -> None:
    some = cells(values, pl.col("customer_id").str.tail(1))
    everyone, parts = (
        clv(some, PURCHASES).row(0, named=True),
        clv(some, PURCHASES, by="tier"),
    )
    for total in ("n", "historic_value", "expected_value", "total"):
        assert parts.get_column(total).sum() == pytest.approx(everyone[total])
    assert everyone["value"] == pytest.approx(everyone["total"] / everyone["n"])
    assert everyone["total"] == pytest.approx(
        everyone["historic_value"] + everyone["expected_value"]
    )


def test_the_interval_holds_the_value_and_grows_with_confidence(
    values: DataFrame[CustomerValue],
) -> None:
    some = cells(values, pl.lit("gold"))
    wide, narrow = (clv(some, PURCHASES, confidence=c).row(0) for c in (0.95, 0.5))
    assert wide[3] < narrow[3] < wide[1] < narrow[4] < wide[4]


def test_a_known_model_leaves_the_noise_of_purchases(
    values: DataFrame[CustomerValue],
) -> None:
    some = cells(values, pl.lit("gold"))
    known = replace(PURCHASES, covariance=((0.0,) * 4,) * 4)
    row = clv(some, known).row(0, named=True)
    noise = 1.959964 * values.get_column("variance").sum() ** 0.5 / row["n"]
    assert (row["ci_high"] - row["ci_low"]) / 2 == pytest.approx(noise, rel=0.01)


@LAW
@given(st.integers(2, 5))
def test_a_crowd_so_many_times_as_large_is_worth_as_much_each(times: int) -> None:
    once, more = (
        clv(cells(customer_values(some, PURCHASES, SPEND), pl.lit("all")), PURCHASES)
        for some in (
            crowd(60),
            CustomerHistory.validate(pl.concat([crowd(60)] * times)),
        )
    )
    assert more.row(0)[1] == pytest.approx(once.row(0)[1])
    assert more.row(0)[4] - more.row(0)[3] < once.row(0)[4] - once.row(0)[3]


def test_nobody_has_no_value(values: DataFrame[CustomerValue]) -> None:
    nobody = cells(CustomerValue.validate(values.clear()), pl.col("customer_id"))
    assert clv(nobody, PURCHASES).row(0)[:5] == ("all", None, 0, None, None)
    assert clv(nobody, PURCHASES, by="tier").is_empty()


def test_cells_are_summed_over_their_customers_in_any_order(
    values: DataFrame[CustomerValue],
) -> None:
    number = pl.int_range(pl.len(), dtype=pl.Int32)
    some = values.with_columns(
        one=number % 3, two=pl.when(number % 2 == 0).then(100 + number % 4)
    )
    found, again = (
        value_sums(CustomerValue.validate(rows), ("one", "two"))
        for rows in (some, some.sample(fraction=1, shuffle=True, seed=1))
    )
    assert found.equals(again)
    sums = (
        *("historic", "forecast", "expected_purchases", "variance", *GRADIENT),
        *("cost", "cost_ahead"),
    )
    for cell in ("one", "two"):
        by_cell = some.drop_nulls(cell).group_by(cell).agg(pl.len(), pl.col(sums).sum())
        for number, *right in by_cell.iter_rows():
            row = found.filter(pl.col("cell") == number).row(0)
            assert row[1:-2] == pytest.approx(tuple(right))
    assert found.get_column("customers").sum() == values.height * 3 // 2


def enough(**changes: pl.Expr) -> DataFrame[Triples]:
    rows = {"frequency": [0, 3], "recency": [0, 150], "T": 200, "customers": [460, 40]}
    return Triples.validate(pl.DataFrame(rows).with_columns(**changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "no order in the last 30 days"),
        ({"recency": pl.lit(170)}, "no order in the last 30 days"),
        ({"recency": pl.lit(171)}, None),
        ({"customers": pl.lit(249)}, "fewer than 500 buyers"),
        (
            {"recency": pl.lit(165), "T": pl.lit(179)},
            "less than 180 days of history",
        ),
        (
            {"recency": pl.lit(199), "frequency": pl.lit(1)},
            "fewer than 30 customers with three purchase days",
        ),
    ],
)
def test_the_first_failing_condition_is_named(
    changes: dict[str, pl.Expr], reason: str | None
) -> None:
    assert failing_condition(enough(**changes), PURCHASES, SPEND) == reason


def test_a_fit_that_failed_is_named() -> None:
    seen = enough(recency=pl.lit(199))
    purchases = replace(PURCHASES, reason="a parameter is at its bound")
    spend = replace(SPEND, reason="the mean spend is infinite (q <= 1)")
    assert failing_condition(seen, purchases, SPEND) == (
        "purchases: a parameter is at its bound"
    )
    assert failing_condition(seen, PURCHASES, spend) == (
        "spend: the mean spend is infinite (q <= 1)"
    )


def test_nobody_fails_the_first_condition() -> None:
    nobody = triples(crowd().clear().lazy())
    reason = failing_condition(nobody, PURCHASES, SPEND)
    assert reason == "fewer than 500 buyers"


def test_the_model_comes_back_from_its_row() -> None:
    row = clv_model(PURCHASES, SPEND, as_of=date(2026, 9, 30))
    again = fitted(row)
    assert again.theta == pytest.approx(PURCHASES.theta)
    assert replace(again, theta=PURCHASES.theta) == PURCHASES
    assert row.row(0, named=True)["r"] == pytest.approx(0.52484)
    assert row.row(0, named=True)["gamma"] == pytest.approx(15.44352)


def test_a_model_without_data_is_a_row_of_unknowns() -> None:
    unknown = replace(PURCHASES, theta=(float("nan"),) * 4, reason="no buyers")
    row = clv_model(unknown, SPEND, as_of=date(2026, 9, 30)).row(0, named=True)
    assert (row["r"], row["converged"], row["reason"]) == (None, False, "no buyers")


def test_cost_to_serve_is_taken_off_what_is_earned_and_expected() -> None:
    """A year's cost is spread over the days since the first purchase, at most 365."""
    young, old = (2, 100, 200, 50.0, 150.0, 60.0), (2, 100, 800, 50.0, 150.0, 60.0)
    costs = pl.DataFrame({"cost": [20.0, 900.0], "cost_of_year": [10.0, 500.0]})
    history = people(young, old).with_columns(costs)
    found = customer_values(
        CustomerHistory.validate(history), PURCHASES, SPEND, horizon_days=100
    )
    alive = found.get_column("p_alive").to_list()
    ahead = [10 / 200 * 100 * alive[0], 500 / 365 * 100 * alive[1]]
    assert found.get_column("cost_ahead").to_list() == pytest.approx(ahead)
    parts = found.select("historic", "cost", "forecast", "cost_ahead").rows()
    right = [earned - cost + due - later for earned, cost, due, later in parts]
    assert found.get_column("clv").to_list() == pytest.approx(right)
    assert found.get_column("clv")[1] < 0


def test_cost_to_serve_moves_the_mean_and_not_the_width_of_its_interval(
    values: DataFrame[CustomerValue],
) -> None:
    plain = clv(cells(values, pl.lit("all")), PURCHASES).row(0, named=True)
    dear = values.with_columns(cost=pl.lit(7.0), cost_ahead=pl.lit(5.0))
    served = CustomerValue.validate(dear.with_columns(clv=NET))
    row = clv(cells(served, pl.lit("all")), PURCHASES).row(0, named=True)
    for name in ("value", "ci_low", "ci_high"):
        assert row[name] == pytest.approx(plain[name] - 12)
    assert (row["cost"], row["cost_ahead"]) == pytest.approx((4200, 3000))
    assert row["historic_value"] == pytest.approx(plain["historic_value"] - 4200)
    assert row["expected_value"] == pytest.approx(plain["expected_value"] - 3000)


def test_customers_below_zero_are_counted_with_what_they_lose(
    values: DataFrame[CustomerValue],
) -> None:
    dear = values.with_columns(cost=pl.lit(60.0))
    served = CustomerValue.validate(dear.with_columns(clv=NET))
    worth = served.get_column("clv").to_list()
    lost = [each for each in worth if each < 0]
    row = negative_clv(cells(served, pl.lit("all"))).row(0, named=True)
    assert 0 < len(lost) < len(worth)
    assert (row["value"], row["n"]) == (len(lost), len(worth))
    assert row["share"] == pytest.approx(len(lost) / len(worth))
    assert row["total"] == pytest.approx(sum(lost))
    none = values.clear()
    assert negative_clv(cells(none, pl.lit("all"))).row(0)[1:3] == (0, 0)
