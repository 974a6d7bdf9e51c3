"""Personal fields never lie in the store in clear, and come back with the key only."""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from data.engines.duckdb import connect
from data.errors import UnavailableError
from data.vault import KEY, KEY_FILE
from data.warehouse import Snapshot, open_current
from data.warehouse.keys import check_key
from data.warehouse.reveal import find_customers, personal_fields
from data.warehouse.store import Store
from tests.faults.company import customers, load, orders, write

PEOPLE = customers()
SURVEYS = [
    {
        "response_id": f"S{n}",
        "customer_id": f"C{n:03d}",
        "sent_at": "2026-02-01",
        "score": n % 11,
        "comment": f"Canary comment {n} 金丝雀",
    }
    for n in range(30)
]
REJECTED = [
    PEOPLE[0] | {"customer_id": "X1", "birth_date": "Canary date"},
    PEOPLE[0] | {"customer_id": "", "name": "Canary nobody"},
]
CANARIES = ("canary", "金丝雀", "7531", "1960-03-01")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = write(
        tmp_path / "source",
        orders=orders(120),
        customers=[*PEOPLE, *REJECTED],
        surveys=SURVEYS,
    )
    load(source, tmp_path / "store")
    return tmp_path / "store"


def texts(store: Path) -> Iterator[tuple[Path, bytes]]:
    """Every byte of the store as it lies there, and every cell of its tables."""
    for path in sorted(p for p in store.rglob("*") if p.is_file()):
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            for row in pl.read_parquet(path).iter_rows():
                yield path, b"\x1f".join(map(as_bytes, row))
        if path.suffix == ".duckdb":
            reader = connect(path, read_only=True)
            for (name,) in reader.execute("SHOW TABLES").fetchall():
                for row in reader.table(name).fetchall():
                    yield path, b"\x1f".join(map(as_bytes, row))


def as_bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


def test_no_personal_value_lies_in_the_store_in_clear(store: Path) -> None:
    found = {
        (path.name, canary)
        for path, content in texts(store)
        for canary in CANARIES
        if canary.encode() in content.lower()
    }
    assert not found


def test_the_search_for_canaries_would_find_one(tmp_path: Path) -> None:
    place = tmp_path / "planted" / "part.parquet"
    place.parent.mkdir()
    pl.DataFrame({"name": ["a Canary"] * 1000}).write_parquet(place)
    assert any(b"canary" in content.lower() for _, content in texts(tmp_path))


def test_with_the_key_every_field_comes_back_exactly(store: Path) -> None:
    snapshot = open_current(store)
    keys = [str(each["customer_id"]) for each in PEOPLE]
    found = personal_fields(snapshot, "customers", keys)
    for each in PEOPLE:
        fields = found[str(each["customer_id"])]
        for name in ("name", "birth_date", "phone", "email"):
            assert fields[name] == each[name]
    comments = personal_fields(snapshot, "surveys", ["S7", "S8", "none"])
    assert {key: each["comment"] for key, each in comments.items()} == {
        "S7": SURVEYS[7]["comment"],
        "S8": SURVEYS[8]["comment"],
    }


def test_a_customer_is_found_by_the_exact_value_only(store: Path) -> None:
    snapshot = open_current(store)
    assert find_customers(snapshot, "phone", "+86 139 0007 7531") == ["C007"]
    assert find_customers(snapshot, "email", "CANARY007@example.org") == ["C007"]
    assert find_customers(snapshot, "name", "canary name007") == ["C007"]
    assert find_customers(snapshot, "phone", "1390007753") == []


def test_the_tables_that_numbers_come_from_hold_no_personal_column(
    store: Path,
) -> None:
    snapshot = open_current(store)
    for table in ("customers", "surveys"):
        for path in snapshot.parts(table):
            names = pl.read_parquet_schema(path).names()
            assert not {"name", "phone", "email", "birth_date", "comment"} & set(names)


def test_what_did_not_change_is_not_encrypted_again(
    store: Path, tmp_path: Path
) -> None:
    before = sealed(open_current(store))
    changed = [PEOPLE[0] | {"phone": "13912345678"}, *PEOPLE[1:]]
    load(write(tmp_path / "next", orders=orders(121), customers=changed), store)
    after = sealed(open_current(store))
    assert {key for key in after if after[key] != before[key]} == {"C000"}
    fields = personal_fields(open_current(store), "customers", ["C000"])["C000"]
    assert fields["phone"] == "13912345678"


def sealed(snapshot: Snapshot) -> dict[str, bytes]:
    paths = [
        snapshot.store.root / part.path
        for part in snapshot.manifest.of("personal", "customers")
    ]
    frame = pl.read_parquet(paths)
    return dict(zip(frame["key"], frame["sealed"], strict=True))


def test_a_customer_without_salt_is_unreadable_in_every_snapshot(
    store: Path, tmp_path: Path
) -> None:
    first = open_current(store)
    load(write(tmp_path / "next", orders=orders(121)), store)
    path = store / "personal" / "salts.parquet"
    pl.read_parquet(path).filter(pl.col("customer_id") != "C007").write_parquet(path)
    for snapshot in (first, open_current(store)):
        assert personal_fields(snapshot, "customers", ["C008"])
        with pytest.raises(UnavailableError):
            personal_fields(snapshot, "customers", ["C007"])


def test_ciphertexts_exchanged_between_rows_are_refused(store: Path) -> None:
    snapshot = open_current(store)
    path = snapshot.store.root / snapshot.manifest.of("personal", "customers")[0].path
    frame = pl.read_parquet(path)
    moved = frame.with_columns(pl.col("sealed").reverse())
    moved.write_parquet(path)
    with pytest.raises(UnavailableError, match="moved"):
        personal_fields(snapshot, "customers", ["C000"])


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "keys" / "key"))
    return tmp_path / "keys" / "key"


def test_the_first_refresh_makes_a_key_outside_the_store_and_says_so(
    keyless: Path, tmp_path: Path
) -> None:
    source = write(tmp_path / "source", orders=orders(30))
    first = load(source, tmp_path / "store")
    assert any(str(keyless) in notice for notice in first.notices)
    assert not [p for p in (tmp_path / "store").rglob("*") if p.name == "key"]
    again = load(source, tmp_path / "store")
    assert not any("key" in notice for notice in again.notices)


def test_a_store_without_its_key_or_with_another_is_unavailable(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = os.environ[KEY]
    source = write(tmp_path / "more", orders=orders(121))
    monkeypatch.setenv(KEY, "11" * 32)
    for act in (lambda: load(source, store), lambda: check_key(Store(store))):
        with pytest.raises(UnavailableError, match="not the one"):
            act()
    monkeypatch.delenv(KEY)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "no" / "key"))
    with pytest.raises(UnavailableError, match="missing"):
        load(source, store)
    assert not (tmp_path / "no").exists()
    monkeypatch.setenv(KEY, right)
    load(source, store)


def test_rejected_rows_keep_their_reasons_in_clear_and_their_cells_sealed(
    store: Path,
) -> None:
    snapshot = open_current(store)
    part = snapshot.manifest.of("quarantine", "customers")[0]
    frame = pl.read_parquet(snapshot.store.root / part.path)
    assert frame.height == len(REJECTED)
    assert set(frame["file"]) == {"customers.csv"}
    assert frame["rule"].null_count() == 0
    assert frame["sealed"].null_count() == 0
    assert set(frame["line"]) == {len(PEOPLE) + 2, len(PEOPLE) + 3}
