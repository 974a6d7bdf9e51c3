"""Shares of tested units: worked by hand, and the laws that they keep."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.quality import DIMENSIONS
from metrics.quality import (
    Alike,
    Inspections,
    NewestDays,
    RowReports,
    data_quality,
    days_behind,
    look_alikes,
    row_counts,
)

SCHEMA = {
    "table": pl.String,
    "dimension": pl.String,
    "tested": pl.Int64,
    "passed": pl.Int64,
}


def units(*rows: tuple[str, str, int, int]):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return Inspections.validate(frame.lazy())


def shares(frame: pl.DataFrame, segment: str = "all") -> dict[str, float | None]:
    rows = frame.filter(pl.col("segment") == segment)
    return dict(rows.select("dimension", "value").iter_rows())


def test_the_total_averages_the_dimensions_that_were_tested_and_no_others() -> None:
    found = shares(
        data_quality(
            units(
                ("orders", "completeness", 100, 90),
                ("orders", "accuracy", 10, 10),
                ("customers", "completeness", 100, 70),
            )
        )
    )
    assert found == {
        "total": pytest.approx((0.8 + 1.0) / 2),
        "completeness": 0.8,
        "accuracy": 1.0,
        "consistency": None,
        "uniqueness": None,
        "timeliness": None,
    }


def test_what_was_not_tested_says_why_and_is_neither_0_nor_1() -> None:
    frame = data_quality(units(("stores", "accuracy", 4, 4)), by="table")
    untested = frame.filter(pl.col("value").is_null())
    assert untested["dimension"].to_list() == [d for d in DIMENSIONS if d != "accuracy"]
    assert untested["reason"].null_count() == 0
    assert untested["n"].to_list() == [0] * 4
    tested = frame.filter(pl.col("value").is_not_null())
    assert tested["reason"].to_list() == [None, None]


def test_nothing_at_all_is_unknown_in_every_dimension() -> None:
    frame = data_quality(units())
    assert frame["dimension"].to_list() == ["total", *DIMENSIONS]
    assert frame["value"].null_count() == 6
    assert frame["reason"][0] == "nothing was tested"


def test_a_cut_by_dimension_has_no_total() -> None:
    frame = data_quality(units(("orders", "accuracy", 4, 3)), by="dimension")
    assert frame["segment"].to_list() == list(DIMENSIONS)
    assert frame["value"].to_list() == [None, 0.75, None, None, None]


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[str, str, int, int]]:
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from("abcd"), st.sampled_from(DIMENSIONS)),
            unique=True,
            max_size=20,
        )
    )
    tested = [draw(st.integers(1, 1000)) for _ in pairs]
    return [
        (*p, n, draw(st.integers(0, n))) for p, n in zip(pairs, tested, strict=True)
    ]


@settings(deadline=None)
@given(tables())
def test_units_add_up_over_tables(rows: list[tuple[str, str, int, int]]) -> None:
    whole = data_quality(units(*rows)).drop("segment")
    parts = data_quality(units(*rows), by="table")
    summed = parts.group_by("dimension").agg(pl.col("n", "passed", "failed").sum())
    for dimension, n, passed, failed in summed.iter_rows():
        row = whole.row(by_predicate=pl.col("dimension") == dimension, named=True)
        assert (row["n"], row["passed"], row["failed"]) == (n, passed, failed)
        assert n == passed + failed


@settings(deadline=None)
@given(tables())
def test_a_total_lies_between_its_dimensions(
    rows: list[tuple[str, str, int, int]],
) -> None:
    total, *others = data_quality(units(*rows))["value"].to_list()
    known = [value for value in others if value is not None]
    if known:
        assert min(known) - 1e-12 <= total <= max(known) + 1e-12
    else:
        assert total is None


@settings(deadline=None)
@given(tables(), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random) -> None:
    shuffled = random.sample(rows, len(rows))
    for by in ("all", "table", "dimension"):
        assert data_quality(units(*rows), by=by).equals(
            data_quality(units(*shuffled), by=by)
        )


def test_rows_go_one_way_each() -> None:
    names = list(RowReports.to_schema().columns)
    rows = [
        ("orders", 10, 6, 3, 1, 2, 0, 0, 0),
        ("orders", 5, 5, 0, 0, 0, 0, 0, 0),
        ("orders", 0, 0, 0, 0, 0, 1, 4, 90),
        ("points", 2, 0, 0, 2, 0, 0, 0, 7),
    ]
    kinds = {n: pl.String if n == "table" else pl.Int64 for n in names}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    reports = RowReports.validate(frame.lazy())
    assert row_counts(reports).row(0) == ("all", 17, 11, 3, 3, 2, 1, 4, 97)
    by_table = row_counts(reports, by="table")
    assert by_table.row(0) == ("orders", 15, 11, 3, 1, 2, 1, 4, 90)
    assert by_table.row(1) == ("points", 2, 0, 0, 2, 0, 0, 0, 7)


def test_a_pair_with_two_reasons_is_one_finding() -> None:
    rows = [
        (0, "phone", "a"),
        (0, "phone", "b"),
        (0, "email", "a"),
        (0, "email", "b"),
        (1, "phone", "a"),
        (1, "phone", "c"),
    ]
    schema = {"finding": pl.Int64, "reason": pl.String, "customer_id": pl.String}
    alike = Alike.validate(pl.DataFrame(rows, schema=schema, orient="row").lazy())
    assert look_alikes(alike).rows() == [("all", 2.0, 3)]
    assert look_alikes(alike, by="reason").rows() == [
        ("email", 1.0, 2),
        ("phone", 2.0, 3),
    ]


def test_days_behind_are_counted_from_the_newest_event_and_never_below_0() -> None:
    rows = [
        ("orders", 5, date(2026, 11, 20)),
        ("points", 5, date(2026, 11, 27)),
        ("stores", 5, None),
    ]
    schema = {"table": pl.String, "rows": pl.Int64, "newest": pl.Date}
    tables = NewestDays.validate(pl.DataFrame(rows, schema=schema, orient="row").lazy())
    found = days_behind(tables, due=date(2026, 11, 26), by="table")
    assert found["value"].to_list() == [6.0, 0.0, None]
    assert found["reason"].to_list() == [None, None, "no column says when it happened"]
    assert days_behind(tables, due=date(2026, 11, 26))["value"].to_list() == [0.0]
