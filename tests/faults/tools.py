"""What injecting faults needs of the machine."""

import os
import shutil
import subprocess

import pytest

MOUNTS = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]


def need(tool: str) -> None:
    """Skip where a tool is not installed; in CI its absence is a failure."""
    if shutil.which(tool) is None:
        _without(f"{tool} is not installed")


def need_mounts() -> None:
    """Skip where this user may not mount; in CI that is a failure."""
    need("unshare")
    if subprocess.run(MOUNTS, capture_output=True, check=False).returncode != 0:
        _without("file systems can be mounted by root only")


def _without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
