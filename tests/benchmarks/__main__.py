"""`make bench`: one table of what each step costs, printed and kept in the docs.

Sizes are customers, or customers:orders: `python -m tests.benchmarks 20000
1000000:10000000`. The page docs/performance.md is written when all steps are measured.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measured import Measured, Size, measure
from tests.benchmarks.page import HEAD, Row, Table, write_page

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
SIZES = (Size(20_000), Size(100_000))
PLAN = (
    ("sample", "parquet", "sample company, {rows} rows: {pace} a second"),
    ("sample", "csv", "sample company, {rows} rows: {pace} a second"),
    ("bare", "parquet", "bare pass over {rows} orders"),
    ("load", "parquet", "full refresh, all 14 tables, models included"),
    ("load", "csv", "full refresh, all 14 tables, models included"),
    ("day", "parquet", "refresh with the day after, {rows} rows"),
    ("anew", "parquet", "refresh with that day again, `--full`"),
    ("values", "parquet", "models of customer value, {rows} customers scored"),
    ("cold", "parquet", "Overview's figures, first time after a start"),
    ("page", "parquet", "Overview's figures after a filter change"),
    ("crossing", "parquet", "Overview's figures under a filter that no cube holds"),
)


def fill(table: Table, size: Size, folder: Path, kinds: tuple[str, ...]) -> None:
    """Measure every step at one size, and print each when it is done."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench-") as scratch:
        for step, kind, label in PLAN:
            if kind in kinds:
                measured = measured_or_not(step, Path(scratch), size, kind)
                row = Row(size, step, kind, label, measured)
                table.rows.append(row)
                print(table.line(row), flush=True)


def measured_or_not(step: str, folder: Path, size: Size, kind: str) -> Measured | None:
    """A step that fails says why, and the others go on."""
    try:
        return measure(step, folder, size, kind)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return None


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("sizes", nargs="*", type=Size.parse, default=SIZES)
    asked.add_argument("--folder", type=Path, help="for scratch files; else TMPDIR")
    asked.add_argument("--no-csv", action="store_true", help="Parquet only")
    asked.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    return asked.parse_args()


def main() -> None:
    """Print the table, and write it into the page."""
    asked = arguments()
    kinds = ("parquet",) if asked.no_csv else ("parquet", "csv")
    table, load = Table([]), os.getloadavg()[0]
    print(HEAD, flush=True)
    for size in asked.sizes:
        fill(table, size, asked.folder, kinds)
    if any(row.measured is None for row in table.rows):
        sys.exit("Not every step could be measured; the page is left as it was.")
    print(f"\n{table.findings()}")
    write_page(asked.page, table, load)


if __name__ == "__main__":
    main()
