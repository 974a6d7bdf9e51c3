"""A refresh that is stopped, starved of memory, orphaned or paused harms nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from data.errors import UnavailableError
from tests.faults.tools import ROOT
from tests.faults.trial import Company, whole

ORPHAN = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""
PATIENCE = 60


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def dying(company: Company, fault: str = "count", number: int = 0) -> list[str]:
    """A command that refreshes in a process of its own."""
    module = [sys.executable, "-m", "tests.faults.dying"]
    return [*module, str(company.next), str(company.store), fault, str(number)]


def building(company: Company) -> None:
    """Wait until the refresh holds the store."""
    until = time.monotonic() + PATIENCE
    while not company.building():
        assert time.monotonic() < until
        time.sleep(0.002)


@pytest.fixture
def refreshing(company: Company) -> Iterator[subprocess.Popen[bytes]]:
    """A refresh in another process that has begun."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        dying(company), cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True
    )
    building(company)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    "sign",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_refresh_that_is_told_to_stop_frees_the_store(
    company: Company, refreshing: subprocess.Popen[bytes], sign: signal.Signals
) -> None:
    """reliability 34: SIGTERM, Ctrl-C, and the terminal that closes."""
    os.killpg(refreshing.pid, sign)
    assert refreshing.wait(timeout=PATIENCE) != 0
    assert company.survives() == "old"


@pytest.mark.slow
@pytest.mark.parametrize("room", [1, 20, 60, 120, 240, 480])
def test_a_refresh_without_memory_leaves_a_whole_snapshot(
    company: Company, room: int
) -> None:
    """reliability 34: an address space with only so many MiB left to it.

    An engine that cannot allocate may hang instead of ending; then it is killed.
    """
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        dying(company, "memory", room), cwd=ROOT, stdout=quiet, stderr=quiet
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=PATIENCE)
    process.kill()
    code = process.wait()
    assert room > 20 or code != 0
    assert company.survives() == ("new" if code == 0 else "old")


@pytest.mark.slow
def test_a_refresh_whose_parent_died_ends_by_itself(company: Company) -> None:
    """reliability 34: whoever started it is killed, and nobody reads what it says."""
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, *dying(company)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    building(company)
    parent.kill()
    parent.communicate()
    until = time.monotonic() + PATIENCE
    while Path(f"/proc/{orphan}").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    company.survives()


def test_while_a_refresh_is_paused_the_store_is_busy(
    company: Company, refreshing: subprocess.Popen[bytes]
) -> None:
    """reliability 36: a paused holder keeps the lock, goes on, and publishes once."""
    refreshing.send_signal(signal.SIGSTOP)
    assert whole(company.store) == company.old
    with pytest.raises(UnavailableError, match="Busy"):
        company.deliver()
    refreshing.send_signal(signal.SIGCONT)
    assert refreshing.wait(timeout=PATIENCE) == 0
    assert whole(company.store) == company.new
    assert published(company.store) == [2, 1]
    company.survives()


def test_a_paused_refresh_that_is_killed_holds_nobody(
    company: Company, refreshing: subprocess.Popen[bytes]
) -> None:
    """reliability 36: the lock of a process goes with it."""
    refreshing.send_signal(signal.SIGSTOP)
    refreshing.kill()
    refreshing.wait()
    assert company.survives() == "old"
    assert published(company.store) == [2, 1]


@pytest.mark.parametrize("many", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_of_refreshes_at_once_each_publishes_or_is_told_busy(
    company: Company, many: int
) -> None:
    """reliability 36: two, then ten refreshes begin at the same time."""
    quiet = subprocess.DEVNULL
    racing = [
        subprocess.Popen(dying(company), cwd=ROOT, stdout=quiet, stderr=quiet)
        for _ in range(many)
    ]
    codes = [process.wait(timeout=4 * PATIENCE) for process in racing]
    assert 0 in codes
    assert set(codes) <= {0, 30}
    assert published(company.store) == list(range(1 + codes.count(0), 0, -1))
    company.survives()


def published(store: Path) -> list[int]:
    """The sequence of each published snapshot, the serving one first."""
    lines = (store / "CURRENT").read_text(encoding="ascii").splitlines()
    return [int(line.split("-")[0]) for line in lines]
