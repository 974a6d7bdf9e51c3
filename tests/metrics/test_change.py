"""A change in parts that sum to it, and how tiers share what there is."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame

from data.schemas.cells import PurchaseCells, RateCells, ValueCells
from metrics.change import rate_change
from metrics.tiers import tier_distribution

LAW = settings(max_examples=25, deadline=None)


def period(**segments: tuple[float, float]) -> LazyFrame[RateCells]:
    rows = [(name, *sums) for name, sums in segments.items()]
    columns = ("tier", "numerator", "denominator")
    types = (pl.String(), pl.Float64(), pl.Float64())
    schema = dict(zip(columns, types, strict=True))
    return RateCells.validate(pl.LazyFrame(rows, schema=schema, orient="row"))


def test_the_worked_change_is_split() -> None:
    before = period(a=(20, 50), b=(10, 50))
    after = period(a=(27, 60), b=(4, 20), c=(2, 20))
    found = rate_change(before, after, by="tier")
    assert found.get_column("rate_effect").to_list() == pytest.approx([0.0275, 0, 0])
    assert found.get_column("mix_effect").to_list() == pytest.approx(
        [0.011, 0.0345, -0.043]
    )
    assert found.get_column("total").sum() == pytest.approx(0.03)


sums = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(
    lambda pair: (float(min(pair)), float(max(pair)))
)
periods = st.dictionaries(st.sampled_from("abcde"), sums, max_size=5)


@LAW
@given(periods, periods)
def test_the_parts_sum_to_the_change_exactly(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> None:
    found = rate_change(period(**before), period(**after), by="tier")
    totals = [
        [sum(part) for part in zip(*p.values(), strict=True)] for p in (before, after)
    ]
    if not all(total and total[1] for total in totals):
        assert found.get_column("total").is_null().all()
        return
    change = totals[1][0] / totals[1][1] - totals[0][0] / totals[0][1]
    assert found.get_column("total").sum() == pytest.approx(change, abs=1e-12)


@LAW
@given(periods, periods)
def test_the_way_back_is_the_way_there_reversed(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> None:
    there = rate_change(period(**before), period(**after), by="tier")
    back = rate_change(period(**after), period(**before), by="tier")
    for effect in ("rate_effect", "mix_effect"):
        pairs = zip(there.get_column(effect), back.get_column(effect), strict=True)
        assert all(
            a is b is None or a == pytest.approx(-b, abs=1e-12) for a, b in pairs
        )


def test_tiers_share_customers_money_and_value() -> None:
    counts = dict.fromkeys(
        ("buyers", "repeat_buyers", "returning_buyers", "previous_buyers"), 0
    )
    purchases = {
        "tier": ["gold", "silver"],
        "customers": [20, 80],
        **counts,
        "lost_buyers": 0,
        "orders": [30, 90],
        "revenue": [400.0, 600.0],
        "margin": [100.0, 100.0],
    }
    zero = dict.fromkeys([f"gradient_{k}" for k in (1, 2, 3, 4)], 0.0)
    values = {
        "tier": ["gold"],
        "customers": [20],
        "historic": [100.0],
        "forecast": [60.0],
        "expected_purchases": [9.0],
        "variance": [1.0],
        **zero,
        "cost": [5.0],
        "cost_ahead": [3.0],
        "negative": [0],
        "loss": [0.0],
    }
    found = tier_distribution(
        PurchaseCells.validate(pl.LazyFrame(purchases)),
        ValueCells.validate(pl.LazyFrame(values)),
    )
    assert found.rows() == [
        ("gold", 20, 0.2, 400.0, 0.4, 100.0, 0.5, 7.6),
        ("silver", 80, 0.8, 600.0, 0.6, 100.0, 0.5, None),
    ]
