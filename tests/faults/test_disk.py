"""A disk that is full, broken or read-only leaves the old snapshot, and says so."""

from pathlib import Path

import pytest

from tests.faults.tools import ONE_THREAD, need, need_mounts, outcomes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_disk_that_is_full_sooner_or_later_leaves_the_old_snapshot(
    tmp_path: Path,
) -> None:
    """reliability 35: a small file system with ever more room, then read-only.

    There is no audit log yet that could suffer.
    """
    need_mounts()
    found = outcomes("starved", tmp_path, 64, within=["unshare", "--mount"])
    *full, fits, read_only = found
    assert len(full) > 5
    assert all("No space left" in each["said"] for each in full)
    assert "Read-only file system" in read_only["said"]
    for each in (*full, read_only):
        assert (each["code"], each["served"]) == (30, "old")
        assert "nothing was published" in each["said"]
        assert each["readable"]
        assert not each["building"]
    assert (fits["code"], fits["served"]) == (0, "new")


def test_a_disk_that_fails_to_sync_or_write_leaves_a_whole_snapshot(
    tmp_path: Path,
) -> None:
    """reliability 35: EIO, a full quota or a full disk at syncs and DuckDB's writes."""
    need("strace")
    found = outcomes("kills", tmp_path, "failing", 6, env=ONE_THREAD)
    assert {"fsync", "pwrite64"} == {each["call"] for each in found}
    assert {each["code"] for each in found} == {30}
    assert not any(each["building"] for each in found)
    late = [each for each in found if each["served"] == "new"]
    assert all("serves, but the disk did not confirm" in each["said"] for each in late)
    early = [each for each in found if each["served"] == "old"]
    assert len(early) > 15
    assert not any("serves" in each["said"] for each in early)
