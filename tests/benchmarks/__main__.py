"""`make bench`: one table of size, step, seconds, ratio to the bare pass, peak memory.

Sizes are customers; name others by `python -m tests.benchmarks 100000 1000000`.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = (20_000, 100_000)
PLAN = (
    ("sample", "parquet"),
    ("sample", "csv"),
    ("bare", "parquet"),
    ("load", "parquet"),
    ("load", "csv"),
    ("cold", "parquet"),
    ("page", "parquet"),
    ("crossing", "parquet"),
)
HEAD = ("customers", "step", "from", "seconds", "x bare", "peak MB")


def measure(step: str, folder: Path, customers: int, kind: str) -> dict[str, float]:
    """One step in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.steps", step, str(folder)]
    environment = os.environ | {"CUSTOMER_HEALTH_KEY": "00" * 32}
    done = subprocess.run(
        [*command, str(customers), kind],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows(customers: int) -> list[tuple[str, ...]]:
    """Every step at one size."""
    found, bare = [], None
    with tempfile.TemporaryDirectory() as scratch:
        for step, kind in PLAN:
            got = measure(step, Path(scratch), customers, kind)
            bare = got["seconds"] if step == "bare" else bare
            ratio = f"{got['seconds'] / bare:.2f}" if bare else "–"
            numbers = (f"{got['seconds']:.3f}", ratio, f"{got['peak_mb']:.0f}")
            found.append((f"{customers:,}", step, kind, *numbers))
    return found


def main() -> None:
    """Print the table as Markdown, the machine first."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}\n")
    print("| " + " | ".join(HEAD) + " |")
    print("|" + " --- |" * len(HEAD))
    for size in sizes:
        for row in rows(size):
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
