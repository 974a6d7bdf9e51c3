"""Writing the extracts chunk by chunk: one CSV or Parquet file per table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

CENTS = pl.Decimal(18, 2)
MONEY = ("amount", "refund", "cost", "discount")
STAMP = "%Y-%m-%d %H:%M:%S"
SLICE = 512  # rows at least between two places where a line of raw text can stand
SUFFIXES = ("csv", "parquet")
TEXT = pa.string_view()
ROWS_PER_GROUP = 120_000  # of a Parquet file: what a reader holds at a time
REPEATED = (  # text columns whose values recur, kept as numbers into a dictionary
    "agent", "arm", "campaign_id", "category", "cause", "channel", "city", "comment",
    "detail", "direction", "employee_id", "feedback", "gender", "group", "industry",
    "kind", "member_level", "mode", "outcome", "owner", "product_id", "purpose",
    "region", "status", "store_id", "team", "type", "customer_type",
    "acquisition_channel",
)  # fmt: skip


@dataclass
class Extracts:
    """The files of one company that are being written."""

    folder: Path
    suffix: str
    count: dict[str, int] = field(default_factory=dict)
    writers: dict[str, ParquetWriter] = field(default_factory=dict)

    def add(self, table: str, frame: pl.DataFrame, lines: tuple[str, ...] = ()) -> None:
        """Append rows, and in CSV the raw lines somewhere among them."""
        number = self.count[table] = self.count.get(table, 0) + 1
        if number == 1:
            self._clear(table)
        if self.suffix == "csv":
            self._append(table, frame, lines)
        else:
            exact = cs.by_name(*MONEY, require_all=False).cast(CENTS)
            self._write(table, frame.with_columns(exact))

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

    def _write(self, table: str, frame: pl.DataFrame) -> None:
        """Append row groups: no frame is kept, and none is read again."""
        rows = frame.to_arrow(compat_level=pl.CompatLevel.newest())
        if table not in self.writers:
            file = self.folder / f"{table}.parquet"
            self.writers[table] = _opened(file, rows.schema)
        self.writers[table].write_table(rows, row_group_size=ROWS_PER_GROUP)

    def close(self) -> None:
        """Finish the Parquet files."""
        for writer in self.writers.values():
            writer.close()

    def discard(self) -> None:
        """Leave no Parquet file that looks finished and is not."""
        self.close()
        for table in self.writers:
            (self.folder / f"{table}.parquet").unlink()


def _opened(file: Path, schema: pa.Schema) -> ParquetWriter:
    whole = {name for name in schema.names if schema.field(name).type == pa.int64()}
    texts = {name for name in schema.names if schema.field(name).type == TEXT}
    return ParquetWriter(
        file,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=sorted(whole | texts.intersection(REPEATED)),
        write_statistics=sorted(set(schema.names) - texts),
        store_schema=False,
    )


@contextmanager
def extracts(folder: Path, suffix: str) -> Iterator[Extracts]:
    """Open the files of a company, replacing those of an earlier one; finish them."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = Extracts(folder, suffix)
    try:
        yield opened
    except BaseException:
        opened.discard()
        raise
    opened.close()
