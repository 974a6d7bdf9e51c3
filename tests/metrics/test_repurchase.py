"""How soon customers come back, against worked examples and statsmodels."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame
from statsmodels.duration.survfunc import SurvfuncRight

from data.schemas.cells import Durations, RepurchaseCells
from metrics.repurchase import HORIZONS, kaplan_meier, median_days, repurchase_within

LAW = settings(max_examples=25, deadline=None)

WORKED = [(5, True), (8, False), (12, True), (12, True), (20, False), (30, False)]


def durations(waits: list[tuple[int, bool]]) -> LazyFrame[Durations]:
    frame = pl.LazyFrame(
        waits, schema={"days": pl.Int64, "ended": pl.Boolean}, orient="row"
    )
    return Durations.validate(frame.with_columns(customers=pl.lit(1, pl.Int64)))


def within(*rows: tuple[int, str, int, int]) -> LazyFrame[RepurchaseCells]:
    columns = ("horizon_days", "tier", "bought_again", "first_buyers")
    types = (pl.Int64, pl.String, pl.Int64, pl.Int64)
    schema = dict(zip(columns, types, strict=True))
    return RepurchaseCells.validate(pl.LazyFrame(rows, schema=schema, orient="row"))


def test_the_worked_curve_is_drawn() -> None:
    curve = kaplan_meier(durations(WORKED), min_at_risk=1)
    at = {row["days"]: row for row in curve.iter_rows(named=True)}
    first, second = (
        [at[day][name] for name in ("value", "ci_low", "ci_high")] for day in (5, 12)
    )
    assert first == pytest.approx([0.16667, 0.02529, 0.72688], rel=1e-4)
    assert second == pytest.approx([0.58333, 0.23348, 0.94401], rel=1e-4)
    assert at[12]["at_risk"] == 4
    assert median_days(curve) == 12


def test_the_curve_ends_where_few_are_left() -> None:
    waits = [(day, True) for day in range(1, 31)]
    curve = kaplan_meier(durations(waits))
    assert curve.get_column("at_risk").min() == 10
    assert kaplan_meier(durations(WORKED)).is_empty()


def test_the_median_is_unknown_where_half_never_come_back() -> None:
    waits = [(5, True), (9, False), (9, False)]
    assert median_days(kaplan_meier(durations(waits), min_at_risk=1)) is None


def test_before_the_first_return_the_upper_bound_is_that_of_none() -> None:
    waits = [(3, False), *[(8, True)] * 2, *[(9, False)] * 9]
    row = kaplan_meier(durations(waits)).row(0, named=True)
    z2 = 1.959964**2
    assert (row["value"], row["ci_low"]) == (0.0, 0.0)
    assert row["ci_high"] == pytest.approx(z2 / (12 + z2), rel=1e-6)


def test_when_all_are_back_the_bounds_are_unknown() -> None:
    curve = kaplan_meier(durations([(2, True), (4, True)]), min_at_risk=1)
    last = curve.tail(1).row(0, named=True)
    assert (last["value"], last["ci_low"], last["ci_high"]) == (1.0, None, None)


waits = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60)


@LAW
@given(waits)
def test_the_curve_is_statsmodels(some: list[tuple[int, bool]]) -> None:
    assume(any(ended for _, ended in some))
    days, ended = (np.array(part) for part in zip(*some, strict=True))
    oracle = SurvfuncRight(days, ended.astype(int))
    curve = kaplan_meier(durations(some), min_at_risk=1).filter(pl.col("events") > 0)
    assert curve.get_column("days").to_list() == list(oracle.surv_times)
    assert curve.get_column("value").to_numpy() == pytest.approx(1 - oracle.surv_prob)
    assert curve.get_column("at_risk").to_list() == list(oracle.n_risk)


@LAW
@given(waits)
def test_the_curve_rises_between_its_bounds(some: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(durations(some), min_at_risk=1)
    values = curve.get_column("value").to_list()
    assert values == sorted(values)
    known = curve.drop_nulls().select("ci_low", "value", "ci_high").to_numpy()
    assert (np.diff(known, axis=1) >= -1e-12).all()
    assert ((known >= 0) & (known <= 1)).all()


def test_a_count_of_customers_is_as_good_as_one_row_each() -> None:
    apart = durations([(5, True)] * 3 + [(9, False)] * 4)
    counted = pl.LazyFrame(
        {"days": [5, 9], "ended": [True, False], "customers": [3, 4]}
    )
    together = kaplan_meier(Durations.validate(counted), min_at_risk=1)
    assert together.equals(kaplan_meier(apart, min_at_risk=1))


def test_every_horizon_has_its_row_even_where_nobody_is() -> None:
    found = repurchase_within(within((30, "gold", 18, 40)))
    assert found.get_column("horizon_days").to_list() == list(HORIZONS)
    assert found.get_column("value").to_list() == [0.45, None, None, None, None]
    assert found.get_column("n").to_list() == [40, 0, 0, 0, 0]


def test_the_tiers_of_a_horizon_add_up() -> None:
    cells = within((30, "gold", 3, 10), (30, "silver", 5, 30), (60, "gold", 4, 8))
    parts = repurchase_within(cells, by="tier")
    assert parts.rows()[0][:4] == (30, "gold", 0.3, 10)
    assert parts.height == 3
    assert repurchase_within(cells).row(0)[:4] == (30, "all", 0.2, 40)
