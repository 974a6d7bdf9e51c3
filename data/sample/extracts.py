"""Writing the extracts chunk by chunk: one CSV or Parquet file per table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import polars.selectors as cs

CENTS = pl.Decimal(18, 2)
MONEY = ("amount", "refund", "cost", "discount")
STAMP = "%Y-%m-%d %H:%M:%S"
SLICE = 512  # rows at least between two places where a line of raw text can stand
SUFFIXES = ("csv", "parquet")


@dataclass
class Extracts:
    """The files of one company that are being written."""

    folder: Path
    suffix: str
    parts: Path
    count: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, frame: pl.DataFrame, lines: tuple[str, ...] = ()) -> None:
        """Append rows, and in CSV the raw lines somewhere among them."""
        number = self.count[table] = self.count.get(table, 0) + 1
        if number == 1:
            self._clear(table)
        if self.suffix == "csv":
            self._append(table, frame, lines)
        else:
            exact = cs.by_name(*MONEY, require_all=False).cast(CENTS)
            part = self.parts / f"{table}-{number:06}.parquet"
            frame.with_columns(exact).write_parquet(part)

    def _clear(self, table: str) -> None:
        for suffix in SUFFIXES:
            (self.folder / f"{table}.{suffix}").unlink(missing_ok=True)

    def _append(self, table: str, frame: pl.DataFrame, lines: tuple[str, ...]) -> None:
        step = max(SLICE, -(-len(frame) // (len(lines) + 1)))
        with (self.folder / f"{table}.csv").open("ab") as file:
            for start in range(0, max(len(frame), 1), step):
                frame[start : start + step].write_csv(
                    file,
                    include_header=self.count[table] == 1 and start == 0,
                    datetime_format=STAMP,
                    float_precision=2,
                )
                last = start + step >= len(frame)
                now, lines = (lines, ()) if last else (lines[:1], lines[1:])
                file.write("".join(f"{line}\n" for line in now).encode())

    def close(self) -> None:
        """Join the Parquet parts into one file per table."""
        for table in self.count if self.suffix == "parquet" else ():
            parts = sorted(self.parts.glob(f"{table}-[0-9]*.parquet"))
            pl.scan_parquet(parts).sink_parquet(self.folder / f"{table}.parquet")


@contextmanager
def extracts(folder: Path, suffix: str) -> Iterator[Extracts]:
    """Open the files of a company, replacing those of an earlier one; finish them."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".parts-") as parts:
        opened = Extracts(folder, suffix, Path(parts))
        yield opened
        opened.close()
