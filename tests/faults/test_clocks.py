"""What the machine's clock or time zone says decides nothing but a warning."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.warehouse.retention import prune, verify
from data.warehouse.snapshot import open_current, published_manifests
from data.warehouse.store import Store
from tests.faults.company import customers, orders, write
from tests.faults.tools import ROOT, need

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def refreshed(source: Path, store: Path, clock: str, zone: str = "UTC") -> str:
    """What a refresh by the command line said, under a clock and a zone."""
    command = [sys.executable, "-m", "tests.faults.dying", source, store, "count", "0"]
    found = subprocess.run(
        ["faketime", "-f", clock, *map(str, command)],
        cwd=ROOT,
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_no_clock_orders_or_removes_a_snapshot(tmp_path: Path) -> None:
    """reliability 38: a clock a day behind, 400 days ahead, right again, other zones.

    Snapshots stay in the order of their publication, all of them are kept, and each
    refresh whose clock is behind the one before says so.
    """
    need("faketime")
    clocks = [
        ("+0", "UTC"),
        ("-1d", "Asia/Shanghai"),
        ("+400d", "America/New_York"),
        ("-1d", "UTC"),
        ("+0", "Pacific/Kiritimati"),
    ]
    store = tmp_path / "store"
    for number, (clock, zone) in enumerate(clocks):
        given = orders(60 + number)
        source = write(tmp_path / "in", orders=given, customers=customers())
        refreshed(source, store, clock, zone)
        now = open_current(store)
        assert (now.manifest.sequence, now.fallback) == (number + 1, None)
        assert now.manifest.tables["orders"] == 60 + number
    found = published_manifests(Store(store.resolve()))
    assert [each.sequence for each in found] == [5, 4, 3, 2, 1]
    warned = [any("check the clock" in w for w in m.warnings) for m in found]
    assert warned == [False, True, False, True, False]
    days = {each.created_at[:4] for each in found}
    assert len(days) > 1, "faketime changed no clock"
    gone = prune(Store(store.resolve()), 3)
    assert [each[:6] for each in gone] == ["000001", "000002"]
    assert not any(each.damage for each in verify(Store(store.resolve())))


def test_a_zone_of_the_machine_changes_no_figure(tmp_path: Path) -> None:
    """reliability 38: business days are the company's, wherever the machine stands."""
    need("faketime")
    source = write(tmp_path / "in", orders=orders(90), customers=customers())
    hashes = set()
    for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati"):
        store = tmp_path / zone.replace("/", "-")
        refreshed(source, store, "+0", zone)
        made = open_current(store).manifest
        hashes.add((made.hash, made.as_of, made.first_day))
        shutil.rmtree(store)
    assert len(hashes) == 1
