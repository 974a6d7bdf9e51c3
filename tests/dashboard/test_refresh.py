"""A refresh accounts for every row, and refuses what looks wrong."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.refresh import check, last_day
from data.errors import RefusedError, UsageError
from data.settings import Settings
from data.warehouse import open_current
from tests.dashboard.counted import amounts, counts
from tests.faults.company import (
    customers,
    load,
    orders,
    write,
)


def test_every_row_is_counted_and_served(tmp_path: Path) -> None:
    rows = orders(90)
    source = write(tmp_path / "source", orders=rows, customers=customers())
    report = load(source, tmp_path / "store")
    assert counts(report) == (130, 130, 0, 0, 0)
    assert report.exit_code == 0
    expected = sum(round(float(str(row["amount"])) * 100) for row in rows) / 100
    assert amounts(tmp_path / "store") == {"orders": 90, "amount": f"{expected:.4f}"}
    manifest = open_current(tmp_path / "store").manifest
    assert manifest.tables == {"orders": 90, "customers": 40}
    assert manifest.totals["orders.amount"] == f"{expected:.4f}"


def test_bad_rows_are_quarantined_once_however_often_they_come(tmp_path: Path) -> None:
    rows = orders(50)
    bad = [rows[0] | {"order_id": f"B{n}", "amount": "a lot"} for n in range(3)]
    source = write(tmp_path / "source", orders=[*rows, *bad, bad[0]])
    for accepted, duplicates in ((50, 0), (0, 50)):
        report = load(source, tmp_path / "store")
        assert counts(report) == (54, accepted, 4, duplicates, 0)
        assert report.exit_code == 10
        assert open_current(tmp_path / "store").manifest.quarantined == {"orders": 4}
    rules = report.files[0]["rules"]
    assert sum(rules.values()) == 4


def test_orders_of_unknown_customers_are_told(tmp_path: Path) -> None:
    source = write(tmp_path / "source", orders=orders(80), customers=customers(30))
    report = load(source, tmp_path / "store")
    assert any("20 rows name a customer" in notice for notice in report.notices)


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("row_count", orders(20)),
        ("newest_day", orders(80)),
        ("mean_amount", orders(100, amount=10_000)),
        ("mean_amount", orders(100, amount=1)),
    ],
)
def test_a_delivery_that_looks_wrong_is_refused(
    tmp_path: Path, rule: str, rows: list[dict[str, object]]
) -> None:
    """Reliability 22: far fewer rows, an older day, amounts times 100."""
    store = tmp_path / "store"
    load(write(tmp_path / "good", orders=orders(100)), store)
    before = open_current(store).id
    with pytest.raises(RefusedError):
        load(write(tmp_path / "bad", orders=rows), store)
    assert open_current(store).id == before
    told = json.loads((store / "last_refused.json").read_text())
    assert rule in [each["rule"] for each in told["objections"]]
    assert told["reason"]
    load(write(tmp_path / "good", orders=orders(101)), store)
    assert not (store / "last_refused.json").exists()


def test_a_days_extract_after_a_long_history_is_welcome(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load(write(tmp_path / "history", orders=orders(300)), store)
    load(write(tmp_path / "day", orders=orders(3, first=300)), store)
    assert amounts(store)["orders"] == 303


def test_too_many_rejects_are_refused_only_where_a_limit_is_set(
    tmp_path: Path,
) -> None:
    rows = orders(50)
    bad = [row | {"amount": "?"} for row in rows[:10]]
    source = write(tmp_path / "source", orders=[*bad, *rows[10:]])
    strict = Settings(max_reject_share=0.19)
    with pytest.raises(RefusedError, match="max_reject_share"):
        load(source, tmp_path / "store", strict)
    load(source, tmp_path / "store", Settings(max_reject_share=0.2))
    load(source, tmp_path / "store")


def test_without_one_good_order_nothing_is_published(tmp_path: Path) -> None:
    """Reliability 23: every row is bad."""
    bad = [row | {"amount": "?"} for row in orders(5)]
    with pytest.raises(RefusedError, match="not one row"):
        load(write(tmp_path / "source", orders=bad), tmp_path / "store")
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_a_check_counts_like_a_refresh_and_leaves_nothing(tmp_path: Path) -> None:
    rows = orders(30)
    source = write(
        tmp_path / "source",
        orders=[*rows, rows[3], rows[4] | {"amount": "?"}],
        customers=customers(),
    )
    checked = check(source, Settings())
    loaded = load(source, tmp_path / "store")
    assert checked.files == loaded.files
    assert checked.exit_code == loaded.exit_code == 10


def test_the_last_day_counts_only_when_it_is_over() -> None:
    newest, shanghai = date(2026, 10, 20), Settings()
    evening = datetime(2026, 10, 20, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    night = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    assert last_day(newest, shanghai, evening) == date(2026, 10, 19)
    assert last_day(newest, shanghai, night) == newest
    fixed = Settings(data_complete_until=date(2026, 9, 30))
    assert last_day(newest, fixed, night) == date(2026, 9, 30)


@pytest.mark.parametrize("until", [date(2025, 12, 31), date(9999, 12, 31)])
def test_data_are_complete_until_a_day_that_they_have_reached(
    tmp_path: Path, until: date
) -> None:
    source = write(tmp_path / "source", orders=orders(9))
    with pytest.raises(UsageError, match=f"data_complete_until is {until}"):
        load(source, tmp_path / "store", Settings(data_complete_until=until))
    assert not (tmp_path / "store" / "CURRENT").exists()
