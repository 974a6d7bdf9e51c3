"""A refresh killed at any moment leaves a whole snapshot, and no work for a person."""

import signal
from pathlib import Path

import pytest

from tests.faults.tools import ONE_THREAD, need, outcomes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SHARES = 4  # as many tests, so that they can run beside each other
KILLS = 52


@pytest.mark.parametrize("share", range(SHARES))
def test_a_refresh_killed_at_random_moments_leaves_a_whole_snapshot(
    tmp_path: Path, share: int
) -> None:
    """reliability 33: 208 kills at random moments of a refresh of 1,000 orders.

    After each, old or new is read whole, every checksum holds, the next refresh needs
    no help, and nothing is left over.
    """
    found = outcomes("kills", tmp_path, "random", share, KILLS)
    killed = [each for each in found if each["code"] == -signal.SIGKILL]
    assert len(killed) == KILLS
    assert {each["code"] for each in found} <= {0, -signal.SIGKILL}
    assert all(each["served"] == "new" for each in found if each["code"] == 0)
    assert any(each["building"] for each in killed)


@pytest.mark.parametrize("share", range(SHARES))
def test_a_refresh_killed_before_each_change_of_the_disk_leaves_a_whole_snapshot(
    tmp_path: Path, share: int
) -> None:
    """reliability 33: a kill before each write, sync, rename, removal of a refresh."""
    need("strace")
    found = outcomes("kills", tmp_path, "calls", share, SHARES, env=ONE_THREAD)
    assert len(found) > 100 / SHARES
    assert {each["code"] for each in found} == {-signal.SIGKILL}
    assert sum(each["exact"] for each in found) > 0.95 * len(found)
    assert {"old", "new"} >= {each["served"] for each in found}
    assert {"write", "fsync"} <= {each["call"] for each in found}
