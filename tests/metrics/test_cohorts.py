"""Cohorts: a table that can be checked by eye, and laws of adding up."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.typing.polars import LazyFrame

from data.schemas.cells import CohortCells
from metrics.cohorts import SHOWN, Shown, cohort_retention, month_of

JANUARY = month_of(date(2026, 1, 1))
Row = tuple[int, int, int, int, int, int, int]


def cells(*rows: Row) -> LazyFrame[CohortCells]:
    """First month from January 2026, months since, customers, returned, orders ..."""
    names = list(CohortCells.to_schema().columns)
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("first_month") + JANUARY,
        pl.col("revenue", "margin").cast(pl.Decimal(38, 4)),
    )
    return CohortCells.validate(frame.lazy())


EYE = cells(
    (0, 0, 10, 0, 12, 1000, 300),
    (0, 1, 4, 4, 5, 400, 100),
    (0, 3, 3, 1, 3, 90, -30),
    (1, 0, 30, 0, 30, 3000, 900),
    (1, 1, 6, 6, 6, 600, 150),
    (1, 2, 1, 0, 1, 10, 1),
    (3, 0, 5, 0, 5, 50, 5),
)


def column(
    show: Shown, name: str, as_of: date = date(2026, 4, 20)
) -> dict[str, list[object]]:
    """A column of the answer, cohort by cohort in the order of months since."""
    rows = cohort_retention(EYE, as_of=as_of, show=show)
    return {
        str(key[0]): part[name].to_list()
        for key, part in rows.group_by("cohort", maintain_order=True)
    }


def test_each_cell_is_the_share_of_the_cohort_that_bought_in_the_month() -> None:
    assert column("customers", "value") == {
        "2026-01": [1.0, 0.4, 0.0, None],
        "2026-02": [1.0, 0.2, None],
        "2026-04": [None],
        "all": [1.0, 0.25, 0.0],
    }


def test_the_month_that_is_not_over_counts_once_it_is() -> None:
    assert column("customers", "count", date(2026, 4, 30)) == {
        "2026-01": [10.0, 4.0, 0.0, 3.0],
        "2026-02": [30.0, 6.0, 1.0],
        "2026-04": [5.0],
        "all": [45.0, 10.0, 1.0, 3.0],
    }


def test_so_far_counts_a_customer_once_and_all_its_money() -> None:
    over = date(2026, 4, 30)
    assert column("customers", "count_so_far", over)["2026-01"] == [0.0, 4.0, 4.0, 5.0]
    assert column("orders", "count_so_far", over)["2026-01"] == [12.0, 17.0, 17.0, 20.0]
    assert column("margin", "value_so_far", over)["2026-01"] == [30.0, 40.0, 40.0, 37.0]


def test_the_mean_weighs_complete_cells_by_the_size_of_the_cohort() -> None:
    found = column("revenue", "value")["all"]
    assert found == pytest.approx([4000 / 40, 1000 / 40, 0.0])


def test_nobody_gives_no_cohort() -> None:
    assert cohort_retention(cells(), as_of=date(2026, 4, 30)).is_empty()


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 50)), max_size=12
    ),
    st.sampled_from(SHOWN),
)
def test_cells_of_parts_add_up_to_the_whole(
    drawn: list[tuple[int, int, int]], show: Shown
) -> None:
    """Sums of two groups of customers are those of both together, cohort by cohort."""
    rows: list[Row] = [
        (first, since, n, min(n, since), n, 7 * n, 3 * n) for first, since, n in drawn
    ]
    starts: list[Row] = [(first, 0, 60, 0, 60, 60, 60) for first in range(4)]
    split = len(rows) // 2
    parts = [
        cohort_retention(cells(*starts, *some), as_of=date(2026, 4, 30), show=show)
        for some in (rows[:split], rows[split:])
    ]
    whole = cohort_retention(
        cells(*starts, *starts, *rows), as_of=date(2026, 4, 30), show=show
    )
    keys = ["cohort", "months_since"]
    sums = ["n", "count", "count_so_far"]
    added = pl.concat(parts).group_by(keys).agg(pl.sum(sums)).sort(keys)
    assert added.equals(whole.select(*keys, *sums))
