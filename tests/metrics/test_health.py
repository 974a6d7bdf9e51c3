"""Scores of customers, and the parts of what changes them."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.health import HEALTH, HealthSettings, LoyaltySettings
from data.schemas.health import HealthCells, HealthInputs, HealthMoves
from metrics.health import health_score, health_sums, loyalty_index, scored
from metrics.health_change import (
    PARTS,
    change_sums,
    customer_change,
    health_change,
)

LAW = settings(max_examples=40, deadline=None)
NOTHING = {
    "nps_total": None, "nps_n": None, "satisfaction_total": None,
    "satisfaction_n": None, "service_total": None, "service_n": None,
    "programme_days": None, "engagement_days": None,
}  # fmt: skip
EVERYTHING = {
    "nps_total": 17, "nps_n": 2, "satisfaction_total": 18, "satisfaction_n": 5,
    "service_total": 1, "service_n": 2, "programme_days": 3, "engagement_days": 30,
}  # fmt: skip
BOUGHT = {
    "days_since_last": 73, "days_since_first": 365, "purchase_days": 3,
    "annual_spend": 2500.0,
}  # fmt: skip
Scores = dict[str, float | None]


def inputs(*rows: dict[str, object]) -> pl.LazyFrame:
    told = [{**BOUGHT, **NOTHING, "cell_one": 0, **row} for row in rows]
    schema = HealthInputs.to_schema().dtypes
    frame = pl.DataFrame(told, infer_schema_length=None)
    return HealthInputs.validate(
        frame.lazy().cast({name: kind.type for name, kind in schema.items()})
    )


def scores(*rows: dict[str, object]) -> pl.DataFrame:
    return scored(
        inputs(*rows), LoyaltySettings(), HealthSettings(), full_spend=10_000.0
    )


def test_a_customer_with_everything_scores_the_weighted_mean() -> None:
    found = scores(EVERYTHING).row(0, named=True)
    parts = {"recency": 80, "frequency": 50, "nps": 85, "programme": 25}
    assert {name: found[name] for name in parts} == pytest.approx(parts)
    loyalty = 0.3 * 80 + 0.25 * 50 + 0.15 * 100 / 3 + 0.2 * 85 + 0.1 * 25
    factors = {
        "value": 25, "loyalty": loyalty, "satisfaction": 65, "service": 50,
        "engagement": 100,
    }  # fmt: skip
    assert {name: found[name] for name in factors} == pytest.approx(factors)
    weights = HealthSettings().weights
    score = sum(weights[name] * factor for name, factor in factors.items())
    assert found["health"] == pytest.approx(score)


def test_the_weight_of_what_is_missing_is_spread_over_the_rest() -> None:
    found = scores({}).row(0, named=True)
    loyalty = (0.3 * 80 + 0.25 * 50 + 0.15 * 100 / 3) / 0.7
    assert found["loyalty"] == pytest.approx(loyalty)
    assert found["health"] == pytest.approx((0.25 * 25 + 0.3 * loyalty) / 0.55)
    assert found["satisfaction"] is None


def test_scores_stay_within_0_and_100() -> None:
    wild = {
        "days_since_last": 9000, "days_since_first": 9000, "purchase_days": 300,
        "annual_spend": -50.0, "engagement_days": 365, "programme_days": 365,
    }  # fmt: skip
    found = scores(wild).row(0, named=True)
    assert (found["recency"], found["frequency"], found["value"]) == (0, 100, 0)


def test_without_any_weighted_part_there_is_no_score() -> None:
    alone = LoyaltySettings(recency=0, frequency=0, tenure=0, nps=1, programme=0)
    health = HealthSettings(value=0, loyalty=1, satisfaction=0, service=0, engagement=0)
    found = scored(inputs({}, EVERYTHING), alone, health, full_spend=None)
    assert found["health"].to_list() == [None, pytest.approx(85)]
    cells = HealthCells.validate(
        health_sums(found, alone, health, cells=("cell_one",)).lazy()
    )
    assert health_score(cells).select("value", "n").rows() == [(85.0, 1)]
    assert loyalty_index(cells).select("value", "n").rows() == [(85.0, 1)]


WORKED = {
    **dict.fromkeys(HEALTH, 0.0),
    "value": 0.5,
    "loyalty": 0.3,
    "satisfaction": 0.2,
}


def two_dates(*customers: tuple[Scores, Scores], old: dict[str, float] = WORKED,
              new: dict[str, float] = WORKED) -> pl.DataFrame:  # fmt: skip
    """Customers' factors on two dates, their scores, and the parts of the change."""
    rows = [
        {
            f"{name}_{when}": each.get(name)
            for when, each in zip(("before", "after"), pair, strict=True)
            for name in HEALTH
        }
        | {"health_before": mean(pair[0], old), "health_after": mean(pair[1], new)}
        for pair in customers
    ]
    schema = dict.fromkeys(rows[0], pl.Float64)
    return customer_change(pl.LazyFrame(rows, schema=schema), old, new).collect()


def mean(factors: Scores, weights: dict[str, float]) -> float | None:
    """The weighted mean in whole fractions."""
    known = {n: Fraction(f) for n, f in factors.items() if f is not None}
    total = sum(Fraction(weights.get(name, 0)) for name in known)
    if not total:
        return None
    summed = sum(Fraction(weights.get(n, 0)) * f for n, f in known.items())
    return float(summed / total)


def test_the_worked_change_of_a_customer_is_split() -> None:
    before: Scores = {"value": 60, "loyalty": 80}
    after: Scores = {"value": 70, "loyalty": 80, "satisfaction": 40}
    found = two_dates((before, after)).row(0, named=True)
    assert (found["health_before"], found["health_after"]) == (67.5, 67)
    assert found["value"] == pytest.approx(5.625)
    assert found["new_data"] == pytest.approx(-6.125)
    rest = [part for part in PARTS if part not in ("value", "new_data")]
    assert [found[part] for part in rest] == pytest.approx([0.0] * len(rest))


def test_other_weights_alone_are_a_change_of_weights() -> None:
    same: Scores = {"value": 60, "loyalty": 80}
    heavier = {**WORKED, "loyalty": 0.5}
    found = two_dates((same, same), new=heavier).row(0, named=True)
    assert found["weights"] == pytest.approx(70 - 67.5)
    assert sum(found[part] for part in PARTS) == pytest.approx(2.5)


def test_what_vanishes_is_what_appears_on_the_way_back() -> None:
    some: Scores = {"value": 60, "loyalty": 80}
    other: Scores = {"value": 70, "satisfaction": 40}
    there, back = (
        two_dates(pair).row(0, named=True) for pair in ((some, other), (other, some))
    )
    assert there["new_data"] == pytest.approx(-back["lost_data"])
    assert there["lost_data"] == pytest.approx(-back["new_data"])


factors = st.fixed_dictionaries(
    dict.fromkeys(HEALTH, st.none() | st.floats(0, 100, width=16))
)
weights = st.fixed_dictionaries(dict.fromkeys(HEALTH, st.integers(1, 9).map(float)))
people = st.lists(st.tuples(factors, factors), min_size=1, max_size=8)


@LAW
@given(people, weights, weights)
def test_the_parts_of_a_customer_sum_to_its_change(
    customers: list[tuple[Scores, Scores]],
    old: dict[str, float],
    new: dict[str, float],
) -> None:
    for row in two_dates(*customers, old=old, new=new).iter_rows(named=True):
        if row["health_before"] is None or row["health_after"] is None:
            continue
        change = row["health_after"] - row["health_before"]
        assert sum(row[part] for part in PARTS) == pytest.approx(change, abs=1e-9)


@LAW
@given(people, weights)
def test_the_parts_of_a_group_sum_to_the_change_of_its_mean(
    customers: list[tuple[Scores, Scores]], given_weights: dict[str, float]
) -> None:
    rows = two_dates(*customers, old=given_weights, new=given_weights)
    rows = rows.with_columns(
        pl.when(pl.col(f"health_{when}").is_not_null()).then(0).alias(f"cell_{when}")
        for when in ("before", "after")
    )
    moves = HealthMoves.validate(change_sums(rows, ("cell",)).lazy())
    found = health_change(moves)
    means = [rows[f"health_{when}"].mean() for when in ("before", "after")]
    if None in means:
        assert found["effect"].is_null().all()
        return
    assert found["effect"].sum() == pytest.approx(means[1] - means[0], abs=1e-5)


def test_a_group_is_split_by_who_stayed_joined_and_left() -> None:
    """Means 50 -> 60: the one who stayed rose by 10, one left at 40, one came at 50."""
    level: list[tuple[Scores, Scores]] = [
        ({"value": 60}, {"value": 70}), ({"value": 40}, {}), ({}, {"value": 50})
    ]  # fmt: skip
    rows = two_dates(*level).with_columns(
        pl.when(pl.col(f"health_{when}").is_not_null()).then(0).alias(f"cell_{when}")
        for when in ("before", "after")
    )
    found = health_change(HealthMoves.validate(change_sums(rows, ("cell",)).lazy()))
    told = dict(found.select("part", "effect").iter_rows())
    # Shares: 1/2 each on both dates; the overall mean score is 55.
    assert told["value"] == pytest.approx(5)
    assert told["left"] == pytest.approx(7.5)
    assert told["joined"] == pytest.approx(-2.5)
    assert told["stayed"] == pytest.approx(0)
