"""A refresh killed at any moment leaves a whole snapshot, and no work for a person."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.tools import need

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
SHARES = 4  # as many tests, so that they can run beside each other
KILLS = 52
ONE_THREAD = {
    "CUSTOMER_HEALTH_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}


def outcomes(
    folder: Path, *given: object, env: dict[str, str]
) -> list[dict[str, object]]:
    """What became of each kill; the store was judged after every one of them."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", str(folder), *map(str, given)],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("share", range(SHARES))
def test_a_refresh_killed_at_random_moments_leaves_a_whole_snapshot(
    tmp_path: Path, share: int
) -> None:
    """reliability 33: 208 kills at random moments of a refresh of 1,000 orders.

    After each, old or new is read whole, every checksum holds, the next refresh needs
    no help, and nothing is left over.
    """
    found = outcomes(
        tmp_path, "random", share, KILLS, env={"OPENBLAS_NUM_THREADS": "1"}
    )
    assert len(found) == KILLS
    killed = [each for each in found if each["code"] == -signal.SIGKILL]
    assert len(killed) > 0.9 * KILLS
    assert {each["code"] for each in found} <= {0, -signal.SIGKILL}
    assert all(each["served"] == "new" for each in found if each["code"] == 0)
    assert any(each["building"] for each in killed)


@pytest.mark.parametrize("share", range(SHARES))
def test_a_refresh_killed_before_each_change_of_the_disk_leaves_a_whole_snapshot(
    tmp_path: Path, share: int
) -> None:
    """reliability 33: a kill before each write, sync, rename, removal of a refresh."""
    need("strace")
    found = outcomes(tmp_path, "calls", share, SHARES, env=ONE_THREAD)
    assert len(found) > 100 / SHARES
    assert {each["code"] for each in found} == {-signal.SIGKILL}
    exact = [each for each in found if each["done"] == each["meant"]]
    assert len(exact) > 0.95 * len(found)
    assert {"old", "new"} >= {each["served"] for each in found}
    assert {"write", "fsync"} <= {each["call"] for each in found}
