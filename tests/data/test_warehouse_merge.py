"""What came in is merged by key, in few files, and tells whom it concerns."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.delivery import Desk, Job
from dashboard.refresh import silent
from data.settings import Settings
from data.warehouse import assembly, open_current, personal_parts, pieces, rows
from data.warehouse.intake import Intake, workshop
from data.warehouse.keys import open_keeper
from data.warehouse.manifest import Part
from data.warehouse.publish import building
from data.warehouse.seen import Seen
from data.warehouse.store import (
    SEAL,
    Published,
    Store,
    checksum,
    write_pointer,
)
from tests.faults.company import customers, load, orders, write


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> int:
    """Files count as light below ten rows."""
    for module in (assembly, personal_parts, rows):
        monkeypatch.setattr(module, "LIGHT", 10)
    return 10


def parts(store: Path, table: str = "orders", kind: str = "parts") -> list[Part]:
    return list(open_current(store).manifest.of(kind, table))


def kept_rows(store: Path, table: str = "orders") -> pl.DataFrame:
    frame = pl.read_parquet(open_current(store).parts(table))
    return frame.sort(frame.columns[0])


def test_small_deliveries_are_joined_and_leave_few_files(
    tmp_path: Path, light: int
) -> None:
    store = tmp_path / "store"
    for day in range(12):
        rows = orders(3, first=3 * day)
        load(write(tmp_path / "source", orders=rows, customers=customers(9)), store)
    found = parts(store)
    assert sum(part.rows for part in found) == 36
    assert all(part.rows >= light for part in found)
    assert len(found) <= 3
    load(write(tmp_path / "whole", orders=orders(36)), tmp_path / "other")
    assert kept_rows(store).equals(kept_rows(tmp_path / "other"))


def test_a_heavy_file_is_let_be_unless_one_of_its_rows_is_replaced(
    tmp_path: Path, light: int
) -> None:
    store = tmp_path / "store"
    rows = orders(80)
    load(write(tmp_path / "1", orders=rows[:60]), store)
    (heavy,) = parts(store)
    assert heavy.rows >= light
    load(write(tmp_path / "2", orders=rows[60:]), store)
    assert heavy in parts(store)
    load(write(tmp_path / "3", orders=[rows[70] | {"amount": "1.00"}]), store)
    assert heavy in parts(store)
    load(write(tmp_path / "4", orders=[rows[7] | {"amount": "1.00"}]), store)
    assert heavy not in parts(store)
    rows[7]["amount"] = rows[70]["amount"] = "1.00"
    load(write(tmp_path / "whole", orders=rows), tmp_path / "other")
    assert kept_rows(store).equals(kept_rows(tmp_path / "other"))
    hashes = {open_current(each).manifest.hash for each in (store, tmp_path / "other")}
    assert len(hashes) == 1


def test_rows_are_in_order_of_customers_within_each_part(tmp_path: Path) -> None:
    load(write(tmp_path / "source", orders=orders(200)), tmp_path / "store")
    for path in open_current(tmp_path / "store").parts("orders"):
        assert pl.read_parquet(path)["customer_id"].is_sorted()


@pytest.mark.parametrize(
    ("months", "count", "kept"),
    [
        (12, 120, 12),  # a year has its months
        (36, 120, 3),  # few rows in many months: years
        (36, 20, 1),  # next to nothing
    ],
)
def test_a_long_thin_history_is_kept_by_year(
    tmp_path: Path, light: int, months: int, count: int, kept: int
) -> None:
    first = date(2023, 1, 1)
    days = [first + timedelta(days=months * 30 * n // count) for n in range(count)]
    dated = zip(orders(count), days, strict=True)
    written = [row | {"ordered_at": day.isoformat()} for row, day in dated]
    load(write(tmp_path / "source", orders=written), tmp_path / "store")
    assert len({part.month for part in parts(tmp_path / "store")}) == kept
    assert kept_rows(tmp_path / "store").height == count


def test_keys_that_share_a_hash_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Callable[..., pl.DataFrame] = pieces.labelled
    monkeypatch.setattr(
        pieces,
        "labelled",
        lambda *given: told(*given).with_columns(pl.col("_hash") % 3),
    )
    store, written = tmp_path / "store", orders(60)
    load(write(tmp_path / "1", orders=written[:40]), store)
    written[5]["amount"] = "1.00"
    report = load(write(tmp_path / "2", orders=[*written, written[7]]), store)
    total = report.total
    assert (total["accepted"], total["duplicates"], total["superseded"]) == (21, 40, 1)
    monkeypatch.undo()
    load(write(tmp_path / "whole", orders=written), tmp_path / "other")
    assert kept_rows(store).equals(kept_rows(tmp_path / "other"))


def test_rows_that_wait_in_several_files_are_merged_as_one_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, light: int
) -> None:
    monkeypatch.setattr(pieces, "FULL", 1)  # each batch is written at once
    first = orders(60)
    second = [row | {"amount": "5.00"} for row in first[30:]]
    write(tmp_path / "source", orders_1=first, orders_2=second)
    load(tmp_path / "source", tmp_path / "store")
    load(write(tmp_path / "whole", orders=[*first[:30], *second]), tmp_path / "other")
    assert kept_rows(tmp_path / "store").equals(kept_rows(tmp_path / "other"))


def test_a_duplicate_in_a_delivery_rewrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, light: int
) -> None:
    monkeypatch.setattr(pieces, "FULL", 1)
    written = orders(60)
    write(tmp_path / "source", orders_1=written, orders_2=written[10:20])
    rewritten: list[Path] = []
    monkeypatch.setattr(
        assembly,
        "write_rows",
        lambda _table, _rows, path, _told: rewritten.append(path),
    )
    report = load(tmp_path / "source", tmp_path / "store")
    assert report.total["duplicates"] == 10
    assert not rewritten
    assert kept_rows(tmp_path / "store").height == 60


def test_personal_fields_follow_their_rows(tmp_path: Path, light: int) -> None:
    store, people = tmp_path / "store", customers(40)
    load(write(tmp_path / "1", orders=orders(9), customers=people[:30]), store)
    (heavy,) = parts(store, "customers", "personal")
    load(write(tmp_path / "2", orders=orders(9), customers=people), store)
    assert heavy in parts(store, "customers", "personal")
    people[3] = people[3] | {"phone": "", "name": "", "birth_date": "", "email": ""}
    people[4] = people[4] | {"region": "West"}
    load(write(tmp_path / "3", orders=orders(9), customers=people), store)
    paths = [store / p.path for p in parts(store, "customers", "personal")]
    sealed = pl.read_parquet(paths).select("key", "_digest").sort("key")
    kept = kept_rows(store, "customers").filter(pl.col("_digest").is_not_null())
    assert sealed.rows() == kept.select("customer_id", "_digest").rows()
    assert sealed.height == 39


def intakes(source: Path, store: Path) -> list[tuple[Intake, list[str | None] | None]]:
    """What comes of a delivery that nobody publishes, and whom it concerns."""
    here = Store(store.resolve())
    job = Job(source, Settings(), lambda *_: None, silent, datetime.now(UTC))
    with building(here) as begun, workshop(begun) as shop:
        keeper, _ = open_keeper(here)
        return [
            (each, None if each.changed is None else ids(each.changed))
            for each in Desk(shop, begun, keeper, job).intakes()
        ]


def ids(path: Path) -> list[str | None]:
    return sorted(pl.read_parquet(path)["customer_id"], key=str)


def test_a_delivery_tells_whose_rows_it_changes(tmp_path: Path) -> None:
    store, rows = tmp_path / "store", orders(60)
    first = write(tmp_path / "1", orders=rows[:50], customers=customers(12))
    Store(store.resolve()).prepare()
    (new, who), *_ = intakes(first, store)
    assert new.differs
    assert who is None
    load(first, store)
    (same, nobody), *_ = intakes(first, store)
    assert not same.differs
    assert nobody == []
    rows[3] = rows[3] | {"amount": "3.00"}
    rows[4] = rows[4] | {"customer_id": "C999"}  # it was another's
    second = write(tmp_path / "2", orders=rows[:52])
    ((changed, some),) = intakes(second, store)
    assert changed.differs
    expected = {rows[n]["customer_id"] for n in (3, 4, 50, 51)} | {"C004"}
    assert some == sorted(map(str, expected))


def test_a_table_without_customers_tells_that_it_changed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    line = {"order_id": "O1", "line_no": 1, "product_id": "P", "quantity": 1}
    first = write(tmp_path / "1", orders=orders(5), order_items=[line | {"amount": 5}])
    load(first, store)
    assert [each.differs for each, _ in intakes(first, store)] == [False, False]
    other = write(tmp_path / "2", orders=orders(5), order_items=[line | {"amount": 6}])
    assert [each.differs for each, _ in intakes(other, store)] == [False, True]


def test_a_store_whose_contents_were_told_in_another_way_is_told_anew(
    tmp_path: Path,
) -> None:
    source = write(tmp_path / "source", orders=orders(60), customers=customers())
    store = tmp_path / "store"
    load(source, store)
    before = open_current(store).manifest
    written_by_another(store)
    again = load(source, store)
    assert again.total["duplicates"] == 100
    assert open_current(store).manifest.hash == before.hash
    assert open_current(store).manifest.parts == before.parts


def written_by_another(store: Path) -> None:
    """Let the serving manifest tell contents as no row has them."""
    here = Store(store.resolve())
    path = here.snapshots / open_current(store).id / "manifest.json"
    told = json.loads(path.read_bytes())
    del told["telling"]
    for part in told["parts"]:
        part["content"] = "7" * 32
    path.write_text(json.dumps(told))
    pointer = Published(told["id"], checksum(path))
    path.with_name(SEAL).write_text(pointer.checksum)
    write_pointer(here, (pointer,))


def test_hashes_that_come_again_are_known() -> None:
    seen = Seen()
    first = pl.Series([7, 1 << 63, 7, (1 << 64) - 1], dtype=pl.UInt64)
    assert seen.again(first, more=True).to_list() == [True, False, True, False]
    later = pl.Series([1 << 62, (1 << 64) - 1, 1 << 63], dtype=pl.UInt64)
    assert seen.again(later, more=False).to_list() == [False, True, True]


def test_a_table_may_come_later_for_the_first_time(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load(write(tmp_path / "1", orders=orders(30)), store)
    load(write(tmp_path / "2", orders=orders(30), customers=customers(20)), store)
    assert open_current(store).manifest.tables == {"orders": 30, "customers": 20}


def test_contents_tell_types_blanks_and_who_says_what() -> None:
    def told(*names: str | None) -> int:
        stores = pl.DataFrame(
            {"store_id": ["S1", "S2"], "name": names, "_digest": [None, None]},
            schema_overrides={"_digest": pl.String},
        )
        empty = {
            name: pl.lit(None, dtype=kind)
            for name, kind in rows.kept_columns("stores").items()
            if name not in stores.columns
        }
        return rows.folded(rows.contents("stores", stores.with_columns(**empty)))

    seen = [told(*names) for names in itertools.product(["a", "b", "", None], repeat=2)]
    assert len(set(seen)) == len(seen)
