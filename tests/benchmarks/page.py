"""The page that the measurements make: a table, a machine, what the numbers say."""

import os
import platform
import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import psutil

from tests.benchmarks.measured import LOOKS_PER_SECOND, Cost, Measured, Size

COLUMNS = (
    "customers", "step", "from", "seconds", "x bare", "CPU s", "CPU x bare", "peak MB",
)  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"
TEMPLATE = Path(__file__).parent / "page.md"


@dataclass(frozen=True)
class Row:
    """A step at a size, and what it cost; nothing when it failed."""

    size: Size
    step: str
    kind: str
    label: str
    measured: Measured | None


@dataclass(frozen=True)
class Table:
    """The rows of one run."""

    rows: list[Row]

    def cost(self, step: str, size: Size) -> Cost | None:
        """What a step cost, from Parquet, if it was measured."""
        for row in self.rows:
            if (row.step, row.size, row.kind) == (step, size, "parquet"):
                return row.measured.cost if row.measured else None
        return None

    def line(self, row: Row) -> str:
        """One line of the table as Markdown."""
        cells = (row.size.label, _told(row), row.kind, *self._numbers(row))
        return f"| {' | '.join(cells)} |"

    def _numbers(self, row: Row) -> tuple[str, ...]:
        if row.measured is None:
            return ("failed", "–", "–", "–", "–")
        cost, peak = row.measured.cost, f"{row.measured.peak_mb:,.0f}"
        bare = self.cost("bare", row.size)
        times = figure(cost.seconds / bare.seconds) if bare else "–"
        cpu_times = figure(cost.cpu / bare.cpu) if bare else "–"
        return (figure(cost.seconds), times, figure(cost.cpu), cpu_times, peak)

    def findings(self) -> str:
        """What the numbers say."""
        sizes = sorted({row.size for row in self.rows}, key=lambda size: size.customers)
        told = [self._day(size) for size in sizes]
        told += [self._growth(sizes[0], each) for each in sizes[1:]]
        return "\n".join(f"- {text}" for text in told if text)

    def _day(self, size: Size) -> str | None:
        day, full = self.cost("day", size), self.cost("load", size)
        if not day or not full:
            return None
        bare = self.cost("bare", size)
        times = f", {figure(day.seconds / bare.seconds)} x bare" if bare else ""
        return (
            f"{size.label} customers: a day more takes {day.seconds / full.seconds:.1%}"
            f" of a full refresh{times}; {day.cpu / full.cpu:.1%} of its CPU seconds."
        )

    def _growth(self, small: Size, large: Size) -> str | None:
        told = []
        for step, what in GROWS.items():
            one, other = self.cost(step, small), self.cost(step, large)
            if one and other:
                told.append(f"{what} {figure(other.seconds / one.seconds)} times")
        what = f"From {small.label} to {large.label} customers"
        return f"{what}: {', '.join(told)}." if told else None


GROWS = {
    "sample": "the sample takes",
    "bare": "the bare pass",
    "load": "a full refresh",
    "day": "a day more",
    "page": "figures after a filter change",
    "crossing": "figures under a filter that no cube holds",
}


def figure(number: float) -> str:
    """Three digits or more, none that measuring again would change."""
    digits = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3
    return f"{number:,.{digits}f}"


def _told(row: Row) -> str:
    cost = row.measured.cost if row.measured else Cost(0, 0)
    rows = f"{cost.rows:,}" if cost.rows else "?"
    pace = f"{cost.rows / cost.seconds:,.0f}" if cost.rows else "?"
    return row.label.format(rows=rows, pace=pace)


def write_page(path: Path, table: Table, load: float) -> None:
    """Fill the template with the table, the machine, its load before, the findings."""
    lines = "\n".join([HEAD, *(table.line(row) for row in table.rows)])
    text = TEMPLATE.read_text(encoding="utf-8").format(
        table=lines,
        findings=table.findings(),
        looks=LOOKS_PER_SECOND,
        load=f"{load:.1f}",
        **_machine(),
    )
    path.write_text(text, encoding="utf-8")


def _machine() -> dict[str, object]:
    """When, how and on what it was measured."""
    memory = psutil.virtual_memory().total / 1024**3
    return {
        "day": datetime.now(UTC).date(),
        "machine": f"{platform.system()} {platform.machine()}{_processor()}",
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "polars": pl.__version__,
        "command": shlex.join(["python", "-m", "tests.benchmarks", *sys.argv[1:]]),
    }


def _processor() -> str:
    """The processor's name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [each.partition(":")[2].strip() for each in lines if "model name" in each]
    return f" ({names[0]})" if names else ""
