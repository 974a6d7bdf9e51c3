"""A store that lost or changed a file says so, and nothing more is lost."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data import marts
from data.errors import UnavailableError
from data.warehouse import open_current
from tests.faults.company import customers, load, orders, write

ROOT = Path(__file__).resolve().parents[2]
NO_ROOM = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from dashboard.cli import main
main()
"""
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source", orders=orders(60), customers=customers())


@pytest.fixture
def store(source: Path, tmp_path: Path) -> Path:
    load(source, tmp_path / "store")
    return tmp_path / "store"


def kept(store: Path) -> set[str]:
    """The files of a store that hold data."""
    return {
        path.relative_to(store).as_posix()
        for kind in ("parts", "personal", "quarantine", "snapshots")
        for path in (store / kind).rglob("*")
        if path.is_file()
    }


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewrite_manifest(store: Path, change: Change) -> None:
    """Change a manifest as another version of the program would have written it."""
    pointer = store / "CURRENT"
    name = pointer.read_text(encoding="ascii").split()[0]
    path = store / "snapshots" / name / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    pointer.write_text(f"{name} {checksum}\n", encoding="ascii")


@pytest.mark.parametrize("kind", ["parts/orders", "personal/customers"])
def test_a_refresh_stands_on_no_part_that_was_changed(
    store: Path, source: Path, kind: str
) -> None:
    flip(sorted((store / kind).glob("*/*.parquet"))[0])
    before = kept(store)
    with pytest.raises(UnavailableError, match=f"is damaged: {kind}.*backup"):
        load(source, store)
    assert kept(store) == before


def test_a_store_that_lost_its_pointer_keeps_its_history(
    store: Path, source: Path
) -> None:
    load(write(source, orders=orders(90)), store)
    before = kept(store)
    (store / "CURRENT").unlink()
    with pytest.raises(UnavailableError, match="no CURRENT"):
        load(source, store)
    assert kept(store) == before


@pytest.mark.parametrize(
    "line", ["a b", "000002-zz " + "0" * 64, "../../x " + "0" * 64, "000002-ab 12"]
)
def test_no_refresh_stands_on_a_pointer_that_names_anything_else(
    store: Path, source: Path, line: str
) -> None:
    with (store / "CURRENT").open("a", encoding="ascii") as pointer:
        pointer.write(f"{line}\n")
    assert "CURRENT is damaged" in str(open_current(store).fallback)
    with pytest.raises(UnavailableError, match="CURRENT is damaged"):
        load(source, store)


@pytest.mark.parametrize("name", ["CURRENT", ".lock"])
def test_a_folder_in_the_place_of_a_file_is_told_in_words(
    store: Path, source: Path, name: str
) -> None:
    (store / name).unlink(missing_ok=True)
    (store / name).mkdir()
    with pytest.raises(UnavailableError, match="cannot be used"):
        load(source, store)


def test_files_of_other_programs_hinder_nobody(store: Path, source: Path) -> None:
    (store / "snapshots" / ".DS_Store").write_text("x", encoding="ascii")
    (store / "parts" / "orders" / "2026-01" / "lost+found").mkdir()
    load(write(source, orders=orders(90)), store)
    assert open_current(store).manifest.tables["orders"] == 90


def test_a_snapshot_of_other_marts_asks_for_a_refresh(
    store: Path, source: Path
) -> None:
    rewrite_manifest(store, lambda manifest: manifest.pop("layout"))
    with pytest.raises(UnavailableError, match="`customer-health refresh` again"):
        open_current(store)
    report = load(source, store)
    assert report.total["duplicates"] == report.total["rows_in"]
    assert open_current(store).manifest.layout == marts.layout()


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("deliveries"),
        lambda manifest: manifest.update(invented=1),
        lambda manifest: manifest["parts"][0].pop("month"),
    ],
)
def test_a_manifest_of_another_version_is_told_in_words(
    store: Path, source: Path, change: Change
) -> None:
    rewrite_manifest(store, change)
    before = kept(store)
    for ask in (lambda: open_current(store), lambda: load(source, store)):
        with pytest.raises(UnavailableError, match="another version of this program"):
            ask()
    assert kept(store) == before


def test_a_check_that_finds_no_room_for_its_work_says_so(source: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, "check", str(source)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 30
    assert "incident" not in done.stderr
    assert "File too large" in done.stderr
