"""The gate in full: what is refused, in which dimension, and what passes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from data.errors import RefusedError
from data.settings import Settings
from data.warehouse import open_current
from tests.faults.company import Row, customers, load, orders, write


def sold(count: int, *, first: int = 0, channel: str = "web") -> list[Row]:
    return [each | {"channel": channel} for each in orders(count, first=first)]


def refused(store: Path) -> list[tuple[str, str, str]]:
    """Rule, table and dimension of every objection to the last delivery."""
    note = json.loads((store / "last_refused.json").read_text(encoding="utf-8"))
    keys = ("rule", "table", "dimension")
    return [tuple(each[key] for key in keys) for each in note["objections"]]


def bring(
    folder: Path,
    store: Path,
    rows: Sequence[Row],
    settings: Settings | None = None,
    **others: Sequence[Row],
) -> None:
    load(write(folder, orders=rows, **others), store, settings)


def test_a_column_that_comes_empty_is_refused_and_the_last_good_one_stays(
    tmp_path: Path,
) -> None:
    """reliability 22: null share, with its dimension."""
    store, good = tmp_path / "store", tmp_path / "good"
    bring(good, store, sold(100), customers=customers())
    before = open_current(store).id
    nowhere = [each | {"region": "", "phone": ""} for each in customers()]
    with pytest.raises(RefusedError, match=r"region is filled in 0\.0% of the rows"):
        bring(tmp_path / "bad", store, sold(100), customers=nowhere)
    assert refused(store) == [
        ("null_share", "customers", "completeness"),
        ("null_share", "customers", "completeness"),
    ]
    assert open_current(store).id == before
    bring(good, store, sold(103), customers=customers())
    assert not (store / "last_refused.json").exists()


@pytest.mark.parametrize(
    ("rows", "rule", "dimension"),
    [
        (sold(20), "row_count", "completeness"),
        (sold(100, channel=""), "null_share", "completeness"),
        (sold(80), "newest_day", "timeliness"),
        (
            [
                each | {"amount": f"{each['amount']}00".replace(".", "")}
                for each in sold(100)
            ],
            "mean_amount",
            "accuracy",
        ),
    ],
)
def test_each_refusal_says_in_which_dimension_the_data_fail(
    tmp_path: Path, rows: list[Row], rule: str, dimension: str
) -> None:
    """reliability 22: completeness, accuracy and timeliness."""
    store = tmp_path / "store"
    bring(tmp_path / "good", store, sold(100))
    with pytest.raises(RefusedError):
        bring(tmp_path / "bad", store, rows)
    assert (rule, "orders", dimension) in refused(store)


@pytest.mark.parametrize(
    ("most", "blanks", "passes"),
    [(0.5, 50, True), (0.5, 51, False), (0.1, 20, False), (1.0, 100, True)],
)
def test_the_fall_that_passes_is_a_setting(
    tmp_path: Path, most: float, blanks: int, passes: bool
) -> None:
    store, settings = tmp_path / "store", Settings(max_fill_drop=most)
    bring(tmp_path / "good", store, sold(100), settings=settings)
    rows = [*sold(blanks, channel=""), *sold(100 - blanks, first=blanks)]
    if passes:
        bring(tmp_path / "next", store, rows, settings=settings)
    else:
        with pytest.raises(RefusedError, match="channel"):
            bring(tmp_path / "next", store, rows, settings=settings)


def test_corrections_of_old_orders_may_leave_columns_out(tmp_path: Path) -> None:
    store = tmp_path / "store"
    bring(tmp_path / "all", store, sold(300))
    mended = [each | {"amount": "50.00"} for each in orders(20)]  # without channel
    bring(tmp_path / "mended", store, mended)
    bring(tmp_path / "mended", store, mended)  # and again
    with pytest.raises(RefusedError, match="channel"):  # against the whole one, still
        bring(tmp_path / "next", store, sold(330, channel=""))


def test_a_days_extract_may_not_lack_what_the_history_has(tmp_path: Path) -> None:
    store = tmp_path / "store"
    bring(tmp_path / "all", store, sold(300))
    with pytest.raises(RefusedError, match="channel"):
        bring(tmp_path / "day", store, sold(12, first=300, channel=""))
    bring(tmp_path / "few", store, sold(3, first=300, channel=""))  # too few to tell


def test_a_few_rows_of_another_table_may_lack_columns_and_set_no_standard(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    bring(tmp_path / "all", store, sold(100), customers=customers(400))
    ids = [{"customer_id": each["customer_id"]} for each in customers(20)]
    bring(tmp_path / "few", store, sold(100), customers=ids)
    bare = [{"customer_id": each["customer_id"]} for each in customers(400)]
    with pytest.raises(RefusedError, match="region"):
        bring(tmp_path / "bare", store, sold(100), customers=bare)


def test_a_column_that_was_never_filled_may_stay_empty(tmp_path: Path) -> None:
    store = tmp_path / "store"
    bring(tmp_path / "all", store, orders(100))
    bring(tmp_path / "next", store, orders(130))
    assert open_current(store).manifest.tables["orders"] == 130
