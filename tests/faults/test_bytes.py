"""A store with a changed byte or without one of its files is not served as whole."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.errors import UnavailableError
from data.settings import Settings
from data.warehouse import open_current
from data.warehouse.retention import verify
from data.warehouse.store import Store
from tests.faults.company import customers, load, orders, write
from tests.faults.trial import files

SLOW = [pytest.param(place, marks=pytest.mark.slow) for place in (0.0, 0.25, 0.75, 1.0)]
HELD = Settings(customers_complete=True)


def kept(store: Path) -> list[str]:
    """Every file of a store that holds anything."""
    return sorted(name for name in files(store) if (store / name).stat().st_size)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with every kind of file: three snapshots, keys, rejects, lineage."""
    folder = tmp_path_factory.mktemp("made")
    bad = orders(1)[0] | {"order_id": "B1", "amount": "?"}
    known = customers()
    for number, extra in enumerate(([bad], [bad | {"amount": "7.00"}], [bad])):
        given = [*orders(60 + 100 * number), *extra]
        source = write(folder / "in", orders=given, customers=known[: 40 - number])
        load(source, folder / "store", HELD)
    return folder / "store"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "store")


def flip(path: Path, place: float, mask: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[round(place * (len(content) - 1))] ^= mask
    path.write_bytes(content)


def is_told(store: Path) -> bool:
    """Whether `snapshots verify` finds anything damaged."""
    return any(each.damage for each in verify(Store(store.resolve())))


def is_silent(store: Path) -> bool:
    """Whether the newest snapshot is served as if nothing had happened."""
    try:
        return open_current(store).fallback is None
    except UnavailableError:
        return False


def serving(store: Path) -> set[str]:
    """The files that the serving snapshot stands on."""
    snapshot = open_current(store)
    names = ("manifest.json", "marts.duckdb")
    inside = {f"snapshots/{snapshot.id}/{name}" for name in names}
    return {"CURRENT", *inside, *(part.path for part in snapshot.manifest.parts)}


Damage = Callable[[Path], object]


def damaged(made: Path, folder: Path, change: Damage) -> Iterator[tuple[str, Path]]:
    """A copy of the store for every file of it, in which that file was changed."""
    for number, name in enumerate(kept(made)):
        copy = shutil.copytree(made, folder / str(number))
        change(copy / name)
        yield name, copy
        shutil.rmtree(copy)


def test_the_store_has_every_kind_of_file(made: Path) -> None:
    kinds = {name.split("/")[0] for name in kept(made)}
    assert kinds == {
        *("CURRENT", "lineage", "parts", "personal", "quarantine", "snapshots")
    }
    named = {"personal/salts.parquet", "personal/key-id", "personal/SHA256SUMS"}
    assert named < set(kept(made))
    assert not is_told(made)
    assert is_silent(made)


@pytest.mark.parametrize("place", [0.5, *SLOW])
def test_a_flipped_byte_of_any_file_is_found(
    made: Path, tmp_path: Path, place: float
) -> None:
    """reliability 37: a flipped byte of any file is told before anything is served."""
    needed = serving(made)
    newest = open_current(made).id
    for name, store in damaged(made, tmp_path, lambda path: flip(path, place)):
        assert is_told(store), name
        if name == "CURRENT" and place >= 0.5:  # a line of an older snapshot
            assert open_current(store).id == newest
        else:
            assert is_silent(store) == (name not in needed), name


def test_a_missing_file_is_found(made: Path, tmp_path: Path) -> None:
    """reliability 37: a file that is gone is told before anything is served."""
    needed = serving(made)
    for name, store in damaged(made, tmp_path, Path.unlink):
        assert is_told(store), name
        assert is_silent(store) == (name not in needed), name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CURRENT", "personal/SHA256SUMS", "personal/key-id"])
def test_each_flipped_bit_of_a_small_file_is_found(store: Path, name: str) -> None:
    """reliability 37: each of the bits of the pointer and of the list of checksums."""
    path = store / name
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        content = bytearray(whole)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        assert is_told(store), bit
    path.write_bytes(whole)
    assert not is_told(store)


def test_an_empty_or_cut_pointer_falls_back(store: Path) -> None:
    """reliability 37: an empty pointer, a cut one, and one that is gone."""
    current = open_current(store).id
    path = store / "CURRENT"
    whole = path.read_bytes()
    for content in (b"", b"\n", whole[:40], whole.replace(b" ", b""), b"\0" * 200):
        path.write_bytes(content)
        snapshot = open_current(store)
        assert snapshot.id == current
        assert "CURRENT is damaged" in str(snapshot.fallback)


def test_what_is_damaged_beside_the_numbers_stops_the_next_refresh(
    made: Path, tmp_path: Path
) -> None:
    """reliability 37: no refresh adds salts to a damaged file, or to another key."""
    source = made.parent / "in"
    for number, name in enumerate(("salts.parquet", "key-id")):
        for change in (lambda path: flip(path, 0.5), Path.unlink):
            store = shutil.copytree(made, tmp_path / f"{number}{change}")
            change(store / "personal" / name)
            before = {each: (store / each).read_bytes() for each in kept(store)}
            with pytest.raises(UnavailableError, match=f"personal/{name} is missing"):
                load(source, store, HELD)
            assert {each: (store / each).read_bytes() for each in kept(store)} == before


def test_a_store_from_before_the_list_of_checksums_gets_one(store: Path) -> None:
    (store / "personal" / "SHA256SUMS").unlink()
    assert is_told(store)
    load(write(store.parent / "in", orders=orders(261)), store)
    assert not is_told(store)
