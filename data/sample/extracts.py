"""Writing the extracts chunk by chunk: one CSV or Parquet file per table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

MONEY = pl.Decimal(18, 2)
STAMP = "%Y-%m-%d %H:%M:%S"
SLICE = 4096  # rows between two places where a line of raw text can stand


def _native(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.selectors.float().round(2).cast(MONEY))


@dataclass
class Extracts:
    """The open files of one company."""

    folder: Path
    suffix: str
    parts: Path
    count: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, frame: pl.DataFrame, lines: tuple[str, ...] = ()) -> None:
        """Append rows, and in CSV the raw lines somewhere among them."""
        number = self.count[table] = self.count.get(table, 0) + 1
        if self.suffix == "csv":
            self._append(table, frame, lines, header=number == 1)
        else:
            _native(frame).write_parquet(self.parts / f"{table}-{number:06}.parquet")

    def _append(
        self, table: str, frame: pl.DataFrame, lines: tuple[str, ...], *, header: bool
    ) -> None:
        step = max(SLICE, -(-len(frame) // (len(lines) + 1)))
        mode = "wb" if header else "ab"
        with (self.folder / f"{table}.csv").open(mode) as file:
            for place, start in enumerate(range(0, max(len(frame), 1), step)):
                frame[start : start + step].write_csv(
                    file,
                    include_header=header and start == 0,
                    datetime_format=STAMP,
                    float_precision=2,
                )
                file.write(
                    "".join(f"{line}\n" for line in lines[place : place + 1]).encode()
                )

    def close(self) -> None:
        """Join the Parquet parts into one file per table."""
        for table in self.count if self.suffix == "parquet" else ():
            parts = sorted(self.parts.glob(f"{table}-[0-9]*.parquet"))
            pl.scan_parquet(parts).sink_parquet(
                self.folder / f"{table}.parquet", compression="zstd"
            )


@contextmanager
def extracts(folder: Path, suffix: str) -> Iterator[Extracts]:
    """Open the files of a company in an empty folder, and finish them."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".parts-") as parts:
        opened = Extracts(folder, suffix, Path(parts))
        yield opened
        opened.close()
