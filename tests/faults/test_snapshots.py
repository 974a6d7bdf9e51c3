"""Snapshots go back and forth, stay while read, and stand in for each other."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.refresh import refresh
from data.errors import UnavailableError, UsageError
from data.settings import Settings
from data.warehouse import Snapshot, open_current
from data.warehouse.retention import prune, roll_back, verify
from data.warehouse.snapshot import published_manifests
from data.warehouse.store import Store
from tests.faults.company import count_orders, customers, load, orders, write

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
READER = """
import sys
from pathlib import Path
from data.warehouse import open_current
snapshot = open_current(Path(sys.argv[1]))
print(snapshot.id, flush=True)
sys.stdin.readline()
with snapshot.cursor() as cursor:
    print(cursor.execute("SELECT orders FROM whole").fetchall()[0][0], flush=True)
    parts = cursor.read_parquet(snapshot.parts("orders"))
    print(parts.aggregate("count(*)").fetchall()[0][0], flush=True)
"""


def deliver(store: Path, count: int, now: datetime = NOW) -> None:
    """One more month of orders, whose part no older snapshot shares."""
    source = write(store.parent / "source", orders=orders(count), customers=customers())
    refresh(source, store, Settings(), build=count_orders, now=now)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for count in (60, 160, 260):  # January, February, March
        deliver(tmp_path / "store", count)
    return tmp_path / "store"


def numbers(snapshot: Snapshot) -> list[object]:
    with snapshot.cursor() as cursor:
        rows = cursor.execute("FROM by_customer ORDER BY ALL").fetchall()
        return [*cursor.execute("FROM whole").fetchall(), *rows]


def ids(store: Path) -> list[str]:
    return [each.id for each in published_manifests(Store(store.resolve()))]


def opened(store: Path) -> Store:
    return Store(store.resolve())


def test_back_and_forward_again_every_digit_is_the_recorded_one(tmp_path: Path) -> None:
    """Reliability 40: two tables and the manifest; every metric in test_same.py."""
    store, recorded = tmp_path / "store", {}
    for count in (60, 160, 260):
        deliver(store, count)
        snapshot = open_current(store)
        recorded[snapshot.id] = (numbers(snapshot), snapshot.manifest)
    oldest, middle, newest = recorded
    for wanted, served in (
        ("previous", middle),
        ("previous", oldest),
        (newest, newest),
        ("000002", middle),
    ):
        roll_back(opened(store), wanted)
        now = open_current(store)
        assert now.id == served
        assert (numbers(now), now.manifest) == recorded[served]
        assert now.fallback is None
    assert ids(store) == [newest, middle, oldest]


def test_there_is_no_way_back_from_the_first_or_to_an_unknown_one(store: Path) -> None:
    roll_back(opened(store), "000001")
    for wanted in ("previous", "000009", "no"):
        with pytest.raises(UsageError, match="there are 000003-"):
            roll_back(opened(store), wanted)
    assert open_current(store).manifest.sequence == 1
    with pytest.raises(UnavailableError, match="no published data"):
        roll_back(Store(store / "empty"), "previous")


def test_a_refresh_after_a_roll_back_goes_on_from_what_serves(store: Path) -> None:
    roll_back(opened(store), "previous")
    assert open_current(store).manifest.tables["orders"] == 160
    deliver(store, 200)
    assert open_current(store).manifest.sequence == 4
    assert open_current(store).manifest.tables["orders"] == 200
    assert [each[:6] for each in ids(store)] == ["000004", "000003", "000002", "000001"]


def test_nobody_goes_back_to_a_damaged_snapshot(store: Path) -> None:
    flip(store / "snapshots" / ids(store)[1] / "marts.duckdb")
    before = (store / "CURRENT").read_bytes()
    with pytest.raises(UnavailableError, match="damaged: its marts"):
        roll_back(opened(store), "previous")
    assert (store / "CURRENT").read_bytes() == before


def test_pruning_keeps_the_newest_and_the_serving_one(store: Path) -> None:
    deliver(store, 261)
    roll_back(opened(store), "000002")
    gone = prune(opened(store), 1)
    assert [each[:6] for each in gone] == ["000001", "000003"]
    assert [each[:6] for each in ids(store)] == ["000004", "000002"]
    assert open_current(store).manifest.sequence == 2
    assert all(each.damage is None for each in verify(opened(store)))
    needed = {p.path for m in published_manifests(opened(store)) for p in m.parts}
    kept = {p.relative_to(store).as_posix() for p in store.glob("parts/*/*/*")}
    assert kept <= needed


@pytest.fixture
def reader(store: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the serving snapshot open."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(store)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_what_a_reader_holds_is_not_removed_and_later_is(
    store: Path, reader: subprocess.Popen[str]
) -> None:
    """Reliability 44: pruned under a reader of another process, freed later."""
    assert reader.stdout is not None
    held = reader.stdout.readline().strip()
    changed = [row | {"amount": "90.00"} for row in orders(261)]
    source = write(store.parent / "other", orders=changed, customers=customers())
    load(source, store)  # no part of the orders is shared
    assert [each[:6] for each in prune(opened(store), 1)] == ["000001", "000002"]
    assert ids(store) == [open_current(store).id]
    assert (store / "snapshots" / held).is_dir()
    load(source, store)  # a refresh does not remove it either
    told, _ = reader.communicate("go on\n", timeout=60)
    assert told.split() == ["260", "260"]
    prune(opened(store), 1)
    assert not (store / "snapshots" / held).exists()
    assert all(each.damage is None for each in verify(opened(store)))
    parts = [p for p in store.glob("parts/orders/*/*") if p.is_file()]
    assert len(parts) == 3  # January, February, March; once


def test_no_clock_removes_or_reorders_a_snapshot(tmp_path: Path) -> None:
    """Reliability 38: by the clock that a refresh is given."""
    store = tmp_path / "store"
    clocks = [NOW, NOW - timedelta(days=1), NOW + timedelta(days=400), NOW]
    for number, now in enumerate(clocks):
        deliver(store, 60 + number, now)
        assert open_current(store).manifest.sequence == number + 1
    found = published_manifests(opened(store))
    assert [each.sequence for each in found] == [4, 3, 2, 1]
    skewed = {each.sequence: bool(each.warnings) for each in found}
    assert skewed == {1: False, 2: True, 3: False, 4: True}
    assert "check the clock" in found[0].warnings[0]
    gone = prune(opened(store), 2)
    assert [each[:6] for each in gone] == ["000001", "000002"]
    assert open_current(store).manifest.tables["orders"] == 63


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def newest_part(store: Path) -> Path:
    """A part that only the serving snapshot stands on."""
    return max((store / "parts" / "orders").glob("*/*"), key=lambda p: p.parent.name)


def serving(store: Path) -> Path:
    name = (store / "CURRENT").read_text(encoding="ascii").split()[0]
    return store / "snapshots" / name


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte of the marts": lambda store: flip(serving(store) / "marts.duckdb"),
    "a byte of the manifest": lambda store: flip(serving(store) / "manifest.json"),
    "no manifest": lambda store: (serving(store) / "manifest.json").unlink(),
    "a byte of a part": lambda store: flip(newest_part(store)),
    "no part": lambda store: newest_part(store).unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("open_before", [True, False])
def test_a_damaged_snapshot_falls_back_to_the_one_before_and_says_so(
    store: Path, damage: str, *, open_before: bool
) -> None:
    """Reliability 37: the one before serves, with its own figures."""
    newest, previous, _ = ids(store)
    if open_before:
        assert open_current(store).fallback is None
    DAMAGES[damage](store)
    if open_before and "part" in damage:
        with pytest.raises(UnavailableError):  # seen at the next refresh or start
            load(store.parent / "source", store)
        return
    found = open_current(store)
    assert found.id == previous
    assert numbers(found)[0] == (160, numbers(found)[0][1])  # type: ignore[index] # a row
    assert f"Snapshot {newest} is damaged" in str(found.fallback)
    assert f"Snapshot {previous}, as of" in str(found.fallback)
    told = {each.id: each.damage is None for each in verify(opened(store))}
    assert told[newest] is False
    assert told[previous] is True
