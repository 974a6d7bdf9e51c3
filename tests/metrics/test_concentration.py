"""On how few customers the revenue rests, against tables checkable by eye."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame

from data.schemas.cells import CustomerRevenue
from metrics.concentration import concentration, lorenz

LAW = settings(max_examples=25, deadline=None)


def spend(*values: object) -> LazyFrame[CustomerRevenue]:
    money = [Decimal(str(value)) for value in values]
    frame = pl.LazyFrame({"revenue": money}, schema={"revenue": pl.Decimal(38, 4)})
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(6)
    return CustomerRevenue.validate(frame.with_columns(customer_id=number))


def test_the_worked_gini_is_found() -> None:
    row = concentration(spend(10, 20, 30, 40, 100), top=20).row(0, named=True)
    assert row["gini"] == pytest.approx(0.4)
    assert (row["value"], row["n"], row["top_customers"]) == (0.5, 5, 1)


@pytest.mark.parametrize(
    ("top", "customers", "largest"), [(7, 100, 7), (5, 2357, 118), (5, 995, 50)]
)
def test_the_largest_are_counted_in_whole_numbers(
    top: int, customers: int, largest: int
) -> None:
    row = concentration(spend(*[1] * customers), top=top).row(0, named=True)
    assert row["top_customers"] == largest


def test_a_customer_below_zero_counts_and_leaves_the_gini_unknown() -> None:
    row = concentration(spend(-10, 20, 30)).row(0, named=True)
    assert (row["n"], row["negatives"], row["negative_revenue"]) == (3, 1, -10.0)
    assert (row["gini"], row["value"]) == (None, 0.75)


@pytest.mark.parametrize("values", [(), (0, 0), (-5, 2)])
def test_without_revenue_the_share_is_unknown(values: tuple[int, ...]) -> None:
    row = concentration(spend(*values)).row(0, named=True)
    assert (row["value"], row["gini"], row["n"]) == (None, None, len(values))
    assert lorenz(spend(*values)).is_empty()


amounts = st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=200)


@LAW
@given(amounts)
def test_the_gini_is_half_the_mean_difference(values: list[Decimal]) -> None:
    v = np.array(values, float)
    row = concentration(spend(*values)).row(0, named=True)
    if not v.sum():
        return
    difference = np.abs(v[:, None] - v[None, :]).mean() / (2 * v.mean())
    assert row["gini"] == pytest.approx(difference, abs=1e-9)
    assert row["value"] >= row["top_customers"] / row["n"] - 1e-9


@LAW
@given(amounts)
def test_the_order_of_customers_does_not_matter(values: list[Decimal]) -> None:
    some = spend(*values)
    mirrored = CustomerRevenue.validate(some.reverse())
    assert concentration(some).equals(concentration(mirrored))
    assert lorenz(some).equals(lorenz(mirrored))


@LAW
@given(amounts)
def test_the_curve_sags_from_nobody_to_everyone(values: list[Decimal]) -> None:
    curve = lorenz(spend(*values)).drop("percent").to_numpy()
    if not sum(values):
        return
    assert len(curve) <= 101
    assert curve[0] == pytest.approx([0, 0])
    assert curve[-1] == pytest.approx([1, 1])
    assert (curve[:, 1] <= curve[:, 0] + 1e-9).all()
    assert (np.diff(curve, axis=0) >= -1e-12).all()


def test_each_tier_has_its_own_largest() -> None:
    tiers = pl.Series("tier", ["gold", "gold", "silver"])
    some = spend(10, 30, 5).with_columns(pl.lit(tiers).alias("tier"))
    found = concentration(CustomerRevenue.validate(some), by="tier", top=50)
    assert found.select("segment", "value", "n").rows() == [
        ("gold", 0.75, 2),
        ("silver", 1.0, 1),
    ]
