"""Equal data give an equal snapshot, whatever the deliveries that they came in."""

import random
from pathlib import Path

from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.manifest import Part
from tests.dashboard.counted import amounts, counts, digest
from tests.faults.company import (
    customers,
    load,
    orders,
    settings_for_files,
    write,
)


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
