"""Counts, sums and shares of customers from cells of purchases."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import DataFrame, LazyFrame

from data.schemas.cells import PurchaseCells
from metrics import customers, repurchase
from metrics.frames import Estimate

LAW = settings(max_examples=12, deadline=None)

Money = pl.Decimal(38, 4)
COUNTS = (
    "customers",
    "buyers",
    "repeat_buyers",
    "returning_buyers",
    "previous_buyers",
    "lost_buyers",
    "orders",
)
Metric = Callable[..., DataFrame[Estimate]]

TOTALS: list[tuple[Metric, str, str]] = [
    (customers.customers, "customers", "customers"),
    (customers.active_customers, "buyers", "buyers"),
    (customers.orders, "orders", "orders"),
    (customers.revenue, "revenue", "orders"),
    (customers.margin, "margin", "orders"),
]
SHARES: list[tuple[Metric, str, str]] = [
    (customers.churn_rate, "lost_buyers", "previous_buyers"),
    (repurchase.repurchase_rate, "repeat_buyers", "buyers"),
    (repurchase.returning_share, "returning_buyers", "buyers"),
]


Row = Mapping[str, object]


def cells(*rows: Row) -> LazyFrame[PurchaseCells]:
    """Cells of purchases; what a row does not say is zero."""
    zero = dict.fromkeys((*COUNTS, "revenue", "margin"), 0)
    full = [{"tier": "gold", **zero, **row} for row in rows]
    counts: dict[str, pl.DataType] = dict.fromkeys(COUNTS, pl.Int64())
    money: dict[str, pl.DataType] = dict.fromkeys(("revenue", "margin"), Money)
    schema = {"tier": pl.String(), **counts, **money}
    return PurchaseCells.validate(pl.LazyFrame(full, schema=schema))


counted = st.integers(0, 1000)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "tier": st.sampled_from(["gold", "silver"]),
            "buyers": counted,
            "previous_buyers": counted,
            "customers": counted,
            "orders": counted,
            "revenue": st.decimals(-1000, 10**9, places=4),
            "margin": st.decimals(-1000, 10**9, places=4),
        }
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(("metric", "column", "base"), TOTALS)
@LAW
@given(some=rows)
def test_the_tiers_sum_to_the_total(
    metric: Metric, column: str, base: str, some: list[Row]
) -> None:
    frame = cells(*some)
    everyone, parts = metric(frame).row(0, named=True), metric(frame, by="tier")
    exact = sum(Decimal(str(row[column])) for row in some)
    assert everyone["value"] == pytest.approx(float(exact), abs=1e-4)
    assert parts.get_column("value").sum() == pytest.approx(everyone["value"], abs=1e-3)
    assert parts.get_column("n").sum() == everyone["n"]
    assert (everyone["ci_low"], everyone["ci_high"]) == (None, None)


@pytest.mark.parametrize(("metric", "part", "whole"), SHARES)
@LAW
@given(first=st.tuples(counted, counted), second=st.tuples(counted, counted))
def test_a_share_adds_its_two_counts_up(
    metric: Metric,
    part: str,
    whole: str,
    first: tuple[int, int],
    second: tuple[int, int],
) -> None:
    counts = [sorted(first), sorted(second)]
    frame = cells(*({part: k, whole: n} for k, n in counts))
    value, n = metric(frame).select("value", "n").row(0)
    k, total = (sum(pair[i] for pair in counts) for i in (0, 1))
    assert n == total
    assert value is None if total == 0 else value == pytest.approx(k / total)


@pytest.mark.parametrize("metric", [m for m, *_ in (*TOTALS, *SHARES)])
def test_nobody_is_unknown_and_not_zero(metric: Metric) -> None:
    assert metric(cells()).rows() == [("all", None, 0, None, None)]
    assert metric(cells(), by="tier").is_empty()


def test_no_purchase_in_the_window_is_a_known_zero() -> None:
    row = customers.active_customers(cells({"customers": 3})).row(0)
    assert row == ("all", 0.0, 0, None, None)


@pytest.mark.parametrize("metric", [m for m, *_ in (*TOTALS, *SHARES)])
@LAW
@given(some=rows)
def test_the_order_of_cells_does_not_matter(metric: Metric, some: list[Row]) -> None:
    found, mirrored = metric(cells(*some)), metric(cells(*reversed(some)))
    assert found.equals(mirrored)
