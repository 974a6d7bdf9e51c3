"""Measuring a step: its own process, its seconds, its memory with all it started."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

LOOKS_PER_SECOND = 25
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Size:
    """A sample company: customers and, where it is not left to them, orders."""

    customers: int
    orders: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Size":
        """`20000`, or `1000000:10000000` for customers and orders."""
        customers, _, orders = text.partition(":")
        return cls(int(customers), int(orders) if orders else None)

    @property
    def label(self) -> str:
        """The size in words."""
        asked = f" with {self.orders:,} orders" if self.orders else ""
        return f"{self.customers:,}{asked}"

    def __str__(self) -> str:
        return f"{self.customers}:{self.orders}" if self.orders else f"{self.customers}"


@dataclass(frozen=True)
class Cost:
    """What a piece of work took; `rows` where there is something to count."""

    seconds: float
    cpu: float  # seconds of all cores, finished child processes included
    rows: int | None = None


@dataclass(frozen=True)
class Measured:
    """A step's cost, and the most memory that its process and their children held."""

    cost: Cost
    peak_mb: float


def timed(work: Callable[[], object]) -> Cost:
    """Take the time of a piece of work in this process."""
    start, before = time.perf_counter(), _cpu()
    work()
    return Cost(time.perf_counter() - start, _cpu() - before)


def _cpu() -> float:
    used = (
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(step: str, folder: Path, size: Size, kind: str) -> Measured:
    """Run a step in a process of its own, and look at its memory while it runs.

    Errors: RuntimeError with what the step said when it failed.
    """
    command = (sys.executable, "-m", "tests.benchmarks.steps", step)
    environment = os.environ | {"CUSTOMER_HEALTH_KEY": "00" * 32}
    with TemporaryFile("w+", encoding="utf-8") as said:
        with subprocess.Popen(
            [*command, str(folder), str(size), kind],
            stdout=said,
            stderr=subprocess.STDOUT,
            env=environment,
        ) as running:
            peak = _watched(running)
        said.seek(0)
        text = said.read()
    if running.returncode:
        raise RuntimeError(text)
    return Measured(Cost(**json.loads(text.splitlines()[-1])), peak / MEGABYTE)


def _watched(running: subprocess.Popen[bytes]) -> int:
    """Look until the process ends; shared pages count in every process."""
    peak, process = 0, psutil.Process(running.pid)
    while running.poll() is None:
        with suppress(psutil.Error):
            family = (process, *process.children(recursive=True))
            peak = max(peak, sum(_held(each) for each in family))
        time.sleep(1 / LOOKS_PER_SECOND)
    return peak


def _held(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
