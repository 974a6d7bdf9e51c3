"""Times of tickets: the curve of Kaplan and Meier by hand, open tickets censored."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.schemas.service import Waits
from metrics.waits import first_response_time, resolution_time

EXAMPLE = ((5, True), (8, False), (12, True), (12, True), (20, False), (30, False))


def waits(
    calendar: tuple[tuple[int, bool], ...],
    business: tuple[tuple[int, bool], ...] | None = None,
) -> Any:
    rows = [
        {"segment": "all", "clock": clock, "minutes": m, "ended": e, "tickets": 1}
        for clock, found in (
            ("calendar", calendar),
            ("business", calendar if business is None else business),
        )
        for m, e in found
    ]
    schema = {
        "segment": pl.String,
        "clock": pl.String,
        "minutes": pl.Int64,
        "ended": pl.Boolean,
        "tickets": pl.Int64,
    }
    return Waits.validate(pl.DataFrame(rows, schema=schema).lazy())


def test_the_median_of_the_worked_example_is_where_its_curve_passes_one_half() -> None:
    """F(5) = .16667 [.02529, .72688], F(12) = .58333 [.23348, .94401], then flat."""
    row = resolution_time(waits(EXAMPLE)).row(0, named=True)
    assert row["value"] == pytest.approx(12 / 60)
    assert row["ci_low"] == pytest.approx(5 / 60)
    assert row["ci_high"] is None
    assert (row["n"], row["done"]) == (6, 3)


def test_the_90th_percentile_is_unknown_where_the_curve_does_not_get_there() -> None:
    row = resolution_time(waits(EXAMPLE)).row(0, named=True)
    assert row["p90"] is None
    assert row["p90_reason"] == "fewer than 90% have ended where the curve ends"
    open_ = first_response_time(waits(((7, False), (9, False)))).row(0, named=True)
    assert open_["value"] is open_["p90"] is None
    assert open_["reason"] == "fewer than half have ended where the curve ends"


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_without_open_tickets_the_times_are_those_of_the_sorted_list(
    minutes: list[int],
) -> None:
    row = resolution_time(waits(tuple((m, True) for m in minutes))).row(0, named=True)
    ordered, n = sorted(minutes), len(minutes)
    assert row["value"] == pytest.approx(ordered[-(-n // 2) - 1] / 60)
    assert row["p90"] == pytest.approx(ordered[-(-9 * n // 10) - 1] / 60)


@given(st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=30))
def test_a_censored_ticket_never_makes_others_faster(
    found: list[tuple[int, bool]],
) -> None:
    alone = resolution_time(waits(tuple(found))).row(0, named=True)["value"]
    more = resolution_time(waits((*found, (10_000, False)))).row(0, named=True)["value"]
    assert more is None or (alone is not None and more >= alone)


def test_the_desk_s_clock_is_told_beside_the_calendar() -> None:
    both = waits(((60, True), (120, True)), ((0, True), (30, True)))
    row = first_response_time(both).row(0, named=True)
    assert (row["value"], row["business_median"]) == (1.0, 0.0)
    assert (row["p90"], row["business_p90"]) == (2.0, 0.5)


def test_nobody_waiting_is_no_row() -> None:
    assert resolution_time(waits(())).is_empty()
