"""What injecting faults needs of the machine, and how the faults are run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {
    "CUSTOMER_HEALTH_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
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


def outcomes(
    module: str,
    *given: object,
    env: Mapping[str, str] | None = None,
    within: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """What became of each fault; the store was judged after every one of them."""
    command = [*within, sys.executable, "-m", f"tests.faults.{module}"]
    done = subprocess.run(
        [*command, *map(str, given)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
