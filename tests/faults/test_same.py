"""The same data give the same figures, to the last digit, whenever and however read."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.refresh import refresh
from data.sample import write_company
from data.settings import Settings
from data.warehouse.retention import roll_back
from data.warehouse.snapshot import open_current
from data.warehouse.store import Store
from tests.faults.figures import figures
from tests.faults.tools import ONE_THREAD, outcomes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def company(folder: Path, customers: int, until: date) -> Path:
    write_company(folder, customers=customers, seed=11, until=until)
    return folder


def test_rolled_back_and_forward_every_figure_is_the_recorded_one(
    tmp_path: Path,
) -> None:
    """reliability 40: every metric, whole and in its cuts, to the last digit.

    There is no audit log yet that could hold an entry.
    """
    store, recorded = tmp_path / "store", {}
    for month in (8, 9, 10):
        source = company(tmp_path / f"in-{month}", 300, date(2026, month, 20))
        refresh(source, store, Settings())
        recorded[open_current(store).id] = figures(store)
    oldest, middle, newest = recorded
    assert recorded[oldest]["figures"] != recorded[middle]["figures"]
    assert len(recorded[newest]["figures"]) > 60
    for wanted, served in (
        ("previous", middle),
        (oldest, oldest),
        (newest, newest),
        ("previous", middle),
    ):
        roll_back(Store(store.resolve()), wanted)
        assert open_current(store).id == served
        assert figures(store) == recorded[served]


def test_one_thread_and_sixteen_give_the_same_figures(tmp_path: Path) -> None:
    """reliability 41: the hash and every metric are equal to the last bit."""
    source = company(tmp_path / "in", 2_000, date(2026, 10, 20))
    told = []
    for threads in ("1", "16"):
        given = dict.fromkeys(ONE_THREAD, threads)
        told += outcomes("figures", tmp_path / f"store-{threads}", source, env=given)
    one, sixteen = told
    assert one["hash"] == sixteen["hash"]
    differ = {
        name: (one["figures"][name], found)
        for name, found in sixteen["figures"].items()
        if found != one["figures"][name]
    }
    assert differ == {}
