"""The track record of a forecast, against tables checkable by eye."""

import numpy as np
import polars as pl
import pytest
from pandera.typing.polars import DataFrame

from data.schemas.cells import Outcomes
from metrics.backtest import clv_backtest
from metrics.purchase_fit import PurchaseFit

SURE = tuple((0.0,) * 4 for _ in range(4))
FIT = PurchaseFit("mbgnbd", (0.0,) * 4, SURE, -1.0, 10, 10, None)


def outcomes(
    forecast: list[float], actual: list[float], before: list[float], variance: float
) -> DataFrame[Outcomes]:
    rows = pl.DataFrame({"forecast": forecast, "actual": actual, "before": before})
    zeros = (f"gradient_{place}" for place in range(1, 5))
    return Outcomes.validate(
        rows.with_columns(
            *(pl.lit(0.0).alias(name) for name in zeros),
            variance=pl.lit(variance),
            expected_purchases=pl.lit(1.0),
            purchases=pl.lit(2.0),
        )
    )


def test_a_worked_record_is_told() -> None:
    """Ten customers, one per decile; a known normal error of 2 for each."""
    expected = [10.0 * place for place in range(1, 11)]
    came = [each + 1 for each in expected[:9]] + [150.0]
    found = clv_backtest(outcomes(expected, came, [50.0] * 10, 4.0), FIT)
    whole = found.row(0, named=True)
    assert (whole["value"], whole["actual"], whole["naive"]) == (550, 609, 500)
    assert whole["error"] == pytest.approx(550 / 609 - 1)
    assert whole["naive_error"] == pytest.approx(500 / 609 - 1)
    assert whole["mae"] == pytest.approx((9 * 1 + 50) / 10)
    assert whole["coverage"] == pytest.approx(0.9)  # the last one is far outside
    assert (whole["rank"], whole["naive_rank"]) == (pytest.approx(1.0), None)
    assert found["segment"].to_list() == ["all", *map(str, range(1, 11))]
    last = found.row(10, named=True)
    half = 1.959964 * 2
    bounds = (last["ci_low"], last["ci_high"])
    assert bounds == pytest.approx((100 - half, 100 + half), rel=1e-3)
    assert not last["inside"]


def test_equal_forecasts_are_in_one_group() -> None:
    found = clv_backtest(outcomes([1.0] * 7, [2.0] * 7, [0.0] * 7, 1.0), FIT)
    assert found.select("segment", "n").rows() == [("all", 7), ("1", 7)]


def test_without_an_outcome_the_error_is_unknown() -> None:
    found = clv_backtest(outcomes([1.0, 2.0], [0.0] * 2, [0.0] * 2, 1.0), FIT)
    assert found["error"].to_list() == [None] * 3
    assert (
        not found.select(pl.col(pl.Float64).is_nan().any())
        .transpose()["column_0"]
        .any()
    )


def test_the_order_of_customers_does_not_matter() -> None:
    draw = np.random.default_rng(3)
    columns = [draw.gamma(1.0, 50.0, 300).tolist() for _ in range(3)]
    rows = outcomes(*columns, 4.0)
    again = Outcomes.validate(rows.sample(fraction=1.0, shuffle=True, seed=1))
    assert clv_backtest(rows, FIT).equals(clv_backtest(again, FIT))
