"""The curve of those who bought again, by segment, against the worked example."""

import polars as pl
import pytest
from pandera.typing.polars import LazyFrame

from data.schemas.cells import Durations
from metrics.returns import FEW_BACK, FEW_BUYERS, repurchase_curve

WORKED = [(5, True), (8, False), (12, True), (12, True), (20, False), (30, False)]


def durations(**segments: list[tuple[int, bool]]) -> LazyFrame[Durations]:
    """Each waiting time of a segment stands for ten customers."""
    rows = [(name, *each, 10) for name, some in segments.items() for each in some]
    schema = {
        "tier": pl.String,
        "days": pl.Int64,
        "ended": pl.Boolean,
        "customers": pl.Int64,
    }
    return Durations.validate(pl.LazyFrame(rows, schema=schema, orient="row"))


def test_the_worked_curve_stands_beside_its_base_and_median() -> None:
    curve = repurchase_curve(durations(all=WORKED))
    at = {row["days"]: row for row in curve.to_dicts()}
    assert at[5]["value"] == pytest.approx(1 / 6)
    assert at[12]["value"] == pytest.approx(0.583333, rel=1e-5)
    assert (at[12]["n"], at[12]["at_risk"], at[12]["events"]) == (60, 40, 20)
    assert set(curve["median_days"]) == {12}
    assert set(curve["median_reason"]) == {None}


def test_segments_are_curves_of_their_own() -> None:
    some, others = WORKED, [(3, True), (9, False), (9, False)]
    both = repurchase_curve(durations(gold=some, silver=others), by="tier")
    for name, part in (("gold", some), ("silver", others)):
        alone = repurchase_curve(durations(all=part)).drop("segment")
        assert both.filter(pl.col("segment") == name).drop("segment").equals(alone)


def test_a_median_that_is_not_reached_says_why() -> None:
    curve = repurchase_curve(durations(all=[(3, True), (9, False), (9, False)]))
    assert curve["median_days"].null_count() == curve.height > 0
    assert set(curve["median_reason"]) == {FEW_BACK}


def test_nobody_gives_no_curve() -> None:
    assert repurchase_curve(durations()).is_empty()


def test_too_few_buyers_give_a_row_without_a_value_that_says_why() -> None:
    few = durations(gold=[(4, True)], silver=WORKED)
    small = Durations.validate(few.with_columns(pl.col("customers") - 1))
    row = repurchase_curve(small, by="tier").row(0, named=True)
    assert (row["segment"], row["n"], row["value"]) == ("gold", 9, None)
    assert row["median_reason"] == FEW_BUYERS
