"""A refresh accounts for every row, and equal data give an equal snapshot."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.refresh import check, last_day
from dashboard.report import RefreshReport
from data.errors import RefusedError, UsageError
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.manifest import Part
from tests.faults.company import (
    customers,
    load,
    orders,
    settings_for_files,
    write,
)


def counts(report: RefreshReport) -> tuple[int, int, int, int, int]:
    total = report.total
    assert total["rows_in"] == (
        total["accepted"] + total["quarantined"] + total["duplicates"]
    )
    return (
        total["rows_in"],
        total["accepted"],
        total["quarantined"],
        total["duplicates"],
        total["superseded"],
    )


def amounts(store: Path) -> dict[str, object]:
    """What the snapshot serves: orders and their sum, over all customers."""
    with open_current(store).cursor() as cursor:
        whole = cursor.execute("SELECT orders, amount FROM whole").fetchall()
        split = cursor.execute(
            "SELECT CAST(sum(orders) AS BIGINT), sum(amount) FROM by_customer"
        ).fetchall()
    assert whole == split
    return {"orders": whole[0][0], "amount": str(whole[0][1])}


def digest(store: Path) -> str:
    return open_current(store).manifest.hash


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


def test_loading_the_same_files_again_changes_nothing(tmp_path: Path) -> None:
    """Reliability 25: the same files twice."""
    source = write(tmp_path / "source", orders=orders(300), customers=customers())
    load(source, tmp_path / "store")
    before = open_current(tmp_path / "store").manifest
    report = load(source, tmp_path / "store")
    after = open_current(tmp_path / "store").manifest
    assert counts(report) == (340, 0, 0, 340, 0)
    assert after.hash == before.hash
    assert after.parts == before.parts
    assert after.id != before.id


def test_the_hash_does_not_know_names_order_or_cuts_of_files(tmp_path: Path) -> None:
    """Reliability 25: renamed, cut in ten, in another order."""
    rows = orders(200)
    shuffled = random.Random(1).sample(rows, len(rows))
    one = write(tmp_path / "one", orders=rows, customers=customers())
    two = write(tmp_path / "two", sales=shuffled, customers=reversed(customers()))
    parts = {f"sales_{n}": shuffled[n::10] for n in range(10)}
    ten = write(tmp_path / "ten", customers=customers(), **parts)
    load(one, tmp_path / "a")
    load(two, tmp_path / "b", settings_for_files("sales.csv"))
    load(ten, tmp_path / "c", settings_for_files("sales_*.csv"))
    assert digest(tmp_path / "a") == digest(tmp_path / "b") == digest(tmp_path / "c")
    assert amounts(tmp_path / "a") == amounts(tmp_path / "c")


def test_the_hash_does_not_know_how_the_data_came_over_time(tmp_path: Path) -> None:
    """Reliability 25: deliveries that overlap."""
    whole = write(tmp_path / "whole", orders=orders(200), customers=customers())
    first = write(tmp_path / "1", orders=orders(120), customers=customers(10))
    second = write(
        tmp_path / "2", orders=orders(120, first=80), customers=customers(40)
    )
    load(whole, tmp_path / "a")
    load(first, tmp_path / "b")
    report = load(second, tmp_path / "b")
    assert counts(report) == (160, 110, 0, 50, 0)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_any_change_of_data_changes_the_hash(tmp_path: Path) -> None:
    people = customers()
    renamed = [people[0] | {"name": "Somebody Else"}, *people[1:]]
    moved = [people[0] | {"region": "West"}, *people[1:]]
    tables = [
        {"orders": orders(60), "customers": people},
        {"orders": orders(61), "customers": people},
        {"orders": orders(60, amount=101), "customers": people},
        {"orders": orders(60), "customers": renamed},
        {"orders": orders(60), "customers": moved},
    ]
    seen = set()
    for number, each in enumerate(tables):
        load(write(tmp_path / f"{number}", **each), tmp_path / f"s{number}")
        seen.add(digest(tmp_path / f"s{number}"))
    assert len(seen) == len(tables)


def test_a_corrected_row_replaces_the_old_one(tmp_path: Path) -> None:
    rows = orders(100)
    load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    old = open_current(tmp_path / "store")
    rows[5] = rows[5] | {"amount": "5000.00"}
    report = load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    assert counts(report) == (100, 1, 0, 99, 1)
    expected = sum(round(float(str(row["amount"])) * 100) for row in rows) / 100
    assert amounts(tmp_path / "store")["amount"] == f"{expected:.4f}"
    with old.cursor() as cursor:  # who opened the old snapshot keeps it
        before = cursor.execute("SELECT amount FROM whole").fetchall()[0][0]
    assert f"{before:.4f}" != f"{expected:.4f}"


def test_an_order_moved_to_another_month_is_there_once(tmp_path: Path) -> None:
    rows = orders(100)
    load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    rows[0] = rows[0] | {"ordered_at": "2026-02-01 09:00"}
    load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    assert amounts(tmp_path / "store")["orders"] == 100
    months = {
        part.month: part.rows
        for part in open_current(tmp_path / "store").manifest.of("parts", "orders")
    }
    assert months == {"2026-01": 92, "2026-02": 8}


def test_only_months_that_change_are_written_again(tmp_path: Path) -> None:
    rows = orders(300)
    load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    before = {p.month: p.path for p in parts(tmp_path / "store")}
    rows.append(rows[0] | {"order_id": "late", "ordered_at": "2026-02-10"})
    load(write(tmp_path / "source", orders=rows), tmp_path / "store")
    after = {p.month: p.path for p in parts(tmp_path / "store")}
    changed = {month for month in after if after[month] != before[month]}
    assert changed == {"2026-02"}


def parts(store: Path) -> tuple[Part, ...]:
    return open_current(store).manifest.of("parts", "orders")


def test_duplicates_and_corrections_within_a_delivery(tmp_path: Path) -> None:
    """Reliability 18: equal rows count once, another row of the key replaces."""
    one, two, three = orders(3)
    corrected = two | {"amount": "7.00"}
    source = write(tmp_path / "source", orders=[one, two, two, corrected, one, three])
    report = load(source, tmp_path / "store")
    assert counts(report) == (6, 4, 0, 2, 1)
    assert amounts(tmp_path / "store")["orders"] == 3
    again = load(source, tmp_path / "store")
    assert counts(again) == (6, 0, 0, 6, 0)


def test_rows_of_one_key_are_taken_in_the_order_of_the_files(tmp_path: Path) -> None:
    row = orders(1)[0]
    source = write(
        tmp_path / "source",
        b=[row | {"amount": "1.00"}],
        a=[row | {"amount": "2.00"}],
    )
    load(source, tmp_path / "store", settings_for_files("b.csv", "a.csv"))
    assert amounts(tmp_path / "store")["amount"] == "2.0000"


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


def test_a_corrected_reject_can_be_loaded_alone(tmp_path: Path) -> None:
    rows = orders(50)
    bad = rows[7] | {"order_id": "B1", "amount": "a lot"}
    load(write(tmp_path / "source", orders=[*rows, bad]), tmp_path / "store")
    good = write(tmp_path / "fixed", orders=[bad | {"amount": "80.00"}])
    assert counts(load(good, tmp_path / "store")) == (1, 1, 0, 0, 0)
    assert amounts(tmp_path / "store")["orders"] == 51


def test_a_table_without_keys_is_replaced_whole(tmp_path: Path) -> None:
    numbered = Settings.model_validate(
        {"tables": {"orders": {"columns": {"order_id": {"row_number": True}}}}}
    )
    rows = [{k: v for k, v in row.items() if k != "order_id"} for row in orders(30)]
    store = tmp_path / "store"
    load(write(tmp_path / "source", orders=rows), store, numbered)
    first = digest(store)
    again = load(write(tmp_path / "source", orders=rows), store, numbered)
    assert counts(again) == (30, 0, 0, 30, 0)
    assert digest(store) == first
    load(write(tmp_path / "source", orders=rows[10:]), store, numbered)
    assert amounts(store)["orders"] == 20


def test_a_table_that_does_not_come_again_stays(tmp_path: Path) -> None:
    load(
        write(tmp_path / "1", orders=orders(50), customers=customers()),
        tmp_path / "store",
    )
    load(write(tmp_path / "2", orders=orders(60)), tmp_path / "store")
    manifest = open_current(tmp_path / "store").manifest
    assert manifest.tables == {"orders": 60, "customers": 40}


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


def test_tables_with_keys_of_several_columns_are_merged_by_all_of_them(
    tmp_path: Path,
) -> None:
    lines = [
        {"order_id": "O1", "line_no": 1, "product_id": "P", "quantity": 1, "amount": 5},
        {"order_id": "O1", "line_no": 2, "product_id": "P", "quantity": 1, "amount": 5},
        {
            "order_id": "O12",
            "line_no": 1,
            "product_id": "P",
            "quantity": 1,
            "amount": 5,
        },
    ]
    goals = [
        {"metric": "nps", "period": "2026", "value": 40, "segment": ""},
        {"metric": "nps", "period": "2026", "value": 50, "segment": "East"},
    ]
    store = tmp_path / "store"
    first = write(tmp_path / "1", orders=orders(3), order_items=lines, targets=goals)
    assert counts(load(first, store)) == (8, 8, 0, 0, 0)
    changed = [lines[0], lines[1] | {"amount": 6}, lines[2]]
    raised = [goals[0] | {"value": 45}, goals[1]]
    second = write(
        tmp_path / "2", orders=orders(3), order_items=changed, targets=raised
    )
    assert counts(load(second, store)) == (8, 2, 0, 6, 2)
    manifest = open_current(store).manifest
    assert manifest.tables == {"orders": 3, "order_items": 3, "targets": 2}
    assert manifest.totals["order_items.amount"] == "16.0000"
