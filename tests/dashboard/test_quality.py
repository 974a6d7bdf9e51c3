"""What a refresh records of the quality of its data, and whom it finds alike."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.settings import Settings
from data.warehouse import Snapshot, open_current, retention
from data.warehouse.inspection import counted
from data.warehouse.intake import workshop
from data.warehouse.inventory import inventory
from data.warehouse.look_alikes import groups_of, listed
from data.warehouse.publish import building
from data.warehouse.store import Store
from tests.faults.company import count_orders, customers, orders, write

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)


def load(
    source: Path,
    store: Path,
    settings: Settings | None = None,
    now: datetime = NOW,
) -> Snapshot:
    refresh(source, store, settings or Settings(), build=count_orders, now=now)
    return open_current(store)


def asked(snapshot: Snapshot, **options: str | None) -> pl.DataFrame:
    by = options.pop("by", None)
    given = tuple(options.items())
    return answer(
        Reader(snapshot), LOCAL, Question("data_quality", by=by, options=given)
    )


def units(snapshot: Snapshot, table: str, dimension: str) -> tuple[int, int]:
    tested, passed = snapshot.manifest.quality[-1].scores[table][dimension]
    return tested, passed


def alike(snapshot: Snapshot) -> list[tuple[str, str | None, list[str], int]]:
    found = listed(groups_of(snapshot))
    return [(a, b, sorted(why), n) for a, b, why, n, _ in found.iter_rows()]


def test_completeness_falls_by_exactly_what_says_nothing(tmp_path: Path) -> None:
    """reliability 21: wrong telephones, addresses, numbers and genders count."""
    people = [
        each | {"gender": "female", "id_number": "11010519491231002X"}
        for each in customers(40)
    ]
    source = write(tmp_path / "good", orders=orders(60), customers=people)
    good = load(source, tmp_path / "a")
    cells = 40 * 5  # id, name, phone, e-mail, region
    written = 40 * 2  # gender and identity number
    assert units(good, "customers", "completeness") == (cells + written,) * 2
    spoilt = [dict(each) for each in people]
    spoilt[0]["phone"] = "12"
    spoilt[1]["email"] = "nobody"
    spoilt[2]["id_number"] = "110105194912310021"
    spoilt[3]["gender"] = "X9"
    spoilt[4]["region"] = ""
    spoilt[5]["gender"] = ""  # a firm has none: untested
    source = write(tmp_path / "bad", orders=orders(60), customers=spoilt)
    bad = load(source, tmp_path / "b")
    tested, passed = units(bad, "customers", "completeness")
    assert (tested, passed) == (cells + written - 1, cells + written - 1 - 5)
    printed = asked(bad, table="customers").filter(dimension="completeness")
    assert printed["value"][0] == pytest.approx(passed / tested)
    assert printed["failed"][0] == 5


def test_a_row_rejected_fails_in_the_dimension_of_its_rule(tmp_path: Path) -> None:
    rows = orders(50)
    bad = [
        rows[0] | {"order_id": "B1", "customer_id": ""},
        rows[0] | {"order_id": "B2", "amount": "a lot"},
        rows[0] | {"order_id": "B3", "amount": "-5"},
        rows[0] | {"order_id": "B4", "amount": "-5", "ordered_at": "yesterday"},
    ]
    found = load(write(tmp_path / "in", orders=[*rows, *bad]), tmp_path / "store")
    assert units(found, "orders", "completeness") == (50 * 4 + 1, 50 * 4)
    assert units(found, "orders", "accuracy") == (54, 52)  # B2 and B4
    assert units(found, "orders", "consistency") == (52, 50)  # B3 and B4


def test_what_a_row_names_is_looked_up_until_it_is_there(tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = write(tmp_path / "1", orders=orders(80), customers=customers(30))
    found = load(first, store)
    lawful = 80
    assert units(found, "orders", "consistency") == (lawful + 80, lawful + 60)
    second = write(tmp_path / "2", orders=orders(3, first=80), customers=customers(40))
    found = load(second, store)
    assert units(found, "orders", "consistency") == (83 * 2, 83 * 2)


def test_without_the_other_table_nothing_is_looked_up(tmp_path: Path) -> None:
    found = load(write(tmp_path / "in", orders=orders(20)), tmp_path / "store")
    assert units(found, "orders", "consistency") == (20, 20)  # its own laws


def test_keys_that_come_twice_in_one_delivery_are_not_unique(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(50)
    twice = [*rows, rows[1], rows[2] | {"amount": "9.00"}]
    found = load(write(tmp_path / "in", orders=twice), store)
    assert units(found, "orders", "uniqueness") == (52, 50)
    again = load(write(tmp_path / "in", orders=twice), store)
    assert units(again, "orders", "uniqueness") == (52, 50)
    whole = load(write(tmp_path / "whole", orders=rows), store)
    assert units(whole, "orders", "uniqueness") == (50, 50)  # known rows are no repeats


@pytest.mark.parametrize(
    ("now", "passed"),
    [
        (datetime(2026, 1, 20, 4, tzinfo=UTC), 30),  # the newest order is of the 20th
        (datetime(2026, 1, 24, 4, tzinfo=UTC), 27),  # the 23rd is over, three missing
        (datetime(2026, 6, 1, 4, tzinfo=UTC), 0),
    ],
)
def test_timeliness_counts_the_days_that_the_newest_event_reaches(
    tmp_path: Path, now: datetime, passed: int
) -> None:
    source = write(tmp_path / "in", orders=orders(60), customers=customers())
    found = load(source, tmp_path / "store", now=now)
    assert units(found, "orders", "timeliness") == (30, passed)
    assert "timeliness" not in found.manifest.quality[-1].scores["customers"]
    row = asked(found, by="table").row(
        by_predicate=(pl.col("segment") == "customers")
        & (pl.col("dimension") == "timeliness"),
        named=True,
    )
    assert (row["value"], row["reason"]) == (None, "no column says when it happened")


def test_the_history_outlives_the_snapshots(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for count in (60, 90, 120, 150):
        source = write(tmp_path / "in", orders=orders(count), customers=customers())
        load(source, store)
    before = asked(open_current(store), by="as_of")
    days = ["2026-01-20", "2026-01-30", "2026-02-09", "2026-02-19"]
    assert before["segment"].unique(maintain_order=True).to_list() == days
    retention.prune(Store(store), 1)
    assert len(inventory(Store(store), "")) == 1
    assert asked(open_current(store), by="as_of").equals(before)


def test_after_a_roll_back_the_history_is_that_of_the_data_shown(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    for count in (60, 90):
        load(write(tmp_path / "in", orders=orders(count)), store)
    retention.roll_back(Store(store), "previous")
    load(write(tmp_path / "in", orders=orders(120)), store)
    history = asked(open_current(store), by="as_of")["segment"].unique().sort()
    assert history.to_list() == ["2026-01-20", "2026-02-09"]


def test_counts_kept_with_the_parts_are_those_of_all_parts_counted_again(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    for count in (60, 200, 260):
        people = customers(20 + count // 20)
        load(write(tmp_path / "in", orders=orders(count), customers=people), store)
    kept = [p for p in open_current(store).manifest.parts if p.kind != "look_alikes"]
    bare = [type(p)(**{**vars(p), "counts": {}}) for p in kept]
    with building(Store(store)) as begun, workshop(begun) as shop:
        assert list(counted(shop, bare, ())) == kept


def test_customers_who_look_alike_are_flagged_and_never_merged(
    tmp_path: Path,
) -> None:
    """reliability 18: spellings of an id, one phone on 50 customers, two of a name."""
    people = [dict(each) for each in customers(80)]
    people[1]["phone"] = " +86 " + str(people[0]["phone"])
    people[3] |= {k: people[2][k] for k in ("name", "birth_date")}
    people[5]["email"] = str(people[4]["email"]).upper()
    people += [
        people[10] | {"customer_id": spelling, "name": "", "phone": "", "email": ""}
        for spelling in ("c010", "Ｃ０１０")
    ]
    for each in people[20:70]:
        each["phone"] = "4008001234"
    source = write(tmp_path / "in", orders=orders(40), customers=people)
    found = load(source, tmp_path / "store")
    assert found.manifest.tables["customers"] == 82
    assert alike(found) == [
        ("C020", None, ["phone"], 50),
        ("C000", "C001", ["phone"], 2),
        ("C002", "C003", ["name_and_birth"], 2),
        ("C004", "C005", ["email"], 2),
        ("C010", "c010", ["spelling"], 2),
        ("C010", "Ｃ０１０", ["spelling"], 2),
        ("c010", "Ｃ０１０", ["spelling"], 2),
    ]
    # Five are too many, if those alike are one; the crowd tells nobody's double.
    assert units(found, "customers", "uniqueness") == (82, 77)


def test_findings_hold_ids_and_nothing_personal(tmp_path: Path) -> None:
    people = [dict(each) for each in customers(9)]
    people[1]["phone"] = people[0]["phone"]
    source = write(tmp_path / "in", orders=orders(9), customers=people)
    store = tmp_path / "store"
    found = load(source, store)
    parts = [p for p in found.manifest.parts if p.kind == "look_alikes"]
    content = (store / parts[0].path).read_bytes()
    for value in (people[0]["phone"], people[0]["name"], people[0]["email"]):
        assert str(value).encode() not in content


def test_equal_findings_keep_their_file_and_corrected_ones_go(tmp_path: Path) -> None:
    store = tmp_path / "store"
    people = [dict(each) for each in customers(9)]
    people[1]["phone"] = people[0]["phone"]
    twins = write(tmp_path / "in", orders=orders(9), customers=people)
    first = load(twins, store).manifest.of("look_alikes", "customers")
    only_orders = write(tmp_path / "day", orders=orders(3, first=9))
    second = load(only_orders, store).manifest.of("look_alikes", "customers")
    assert first == second
    mended = write(tmp_path / "in", orders=orders(12), customers=customers(9))
    assert alike(load(mended, store)) == []


def test_the_twins_of_the_sample_company_are_found_and_nobody_else(
    company: Reader, company_source: Path
) -> None:
    planted = pl.read_parquet(company_source / "truth/planted.parquet")
    twins = planted.filter(pl.col("kind") == "look_alike")
    truth = {frozenset(pair) for pair in twins.select("id", "detail").iter_rows()}
    found = alike(company.snapshot)
    assert {frozenset((one, other)) for one, other, _, _ in found} == truth
    assert all(why == ["name_and_birth", "phone"] for _, _, why, _ in found)
    assert len(truth) == 5
