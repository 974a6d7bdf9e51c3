"""Files of accepted rows: parts that are kept, and rows that came in and may be parts.

Beside each file stand labels of its rows, in its order: what has to be known to judge a
row without reading it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from data.errors import UnavailableError
from data.schemas import key_text
from data.warehouse.manifest import Part
from data.warehouse.rows import (
    DIGEST,
    PERIOD,
    WHOLE,
    Schema,
    contents,
    folded,
    in_order,
    kept_columns,
    periods,
    write_frame,
)
from data.warehouse.seen import Seen

FULL = 128_000_000  # bytes of rows that wait in memory before they are written
ROW_GROUP = 131_072
AGAIN = "_again"
LABELS: Schema = {
    "_key": pl.String,
    "_hash": pl.UInt64,  # of the key
    "_content": pl.UInt64,
    "_seal": pl.UInt64,  # of the digest of the personal fields; null where it has none
    "_file": pl.Int32,
    "_seq": pl.Int64,  # the order in which rows came in; -1 for those that are kept
    "_piece": pl.Int32,
    "_row": pl.UInt32,  # within the piece
}


@dataclass(frozen=True)
class Told:
    """How many rows, and what they say, in whatever order."""

    rows: int
    content: int

    def less(self, gone: Told) -> Told:
        """Without some of the rows."""
        return Told(self.rows - gone.rows, self.content ^ gone.content)

    def __add__(self, more: Told) -> Told:
        return Told(self.rows + more.rows, self.content ^ more.content)


NOTHING = Told(0, 0)


@dataclass(frozen=True)
class Piece:
    """One file of a table's rows. `part` is what the manifest says, if it is kept."""

    number: int
    month: str
    path: Path
    told: Told
    sha256: str
    part: Part | None = None


def kept_pieces(root: Path, parts: tuple[Part, ...]) -> list[Piece]:
    """The parts that the last snapshot stands on; their numbers are below zero."""
    return [
        Piece(
            number=-1 - place,
            month=part.month,
            path=root / part.path,
            told=Told(part.rows, int(part.content, 16)),
            sha256=part.sha256,
            part=part,
        )
        for place, part in enumerate(parts)
    ]


class Arrivals:
    """The accepted rows of one table as they come in, written when enough are there."""

    def __init__(self, table: str, folder: Path) -> None:
        self.table = table
        self.folder = folder
        self.pieces: list[Piece] = []
        self.rows = 0
        self._waiting: list[pl.DataFrame] = []
        self._size = 0
        self._seen = Seen()
        folder.mkdir(parents=True)
        write_frame(pl.DataFrame(schema=LABELS), folder / "labels-000000.parquet")

    def add(self, rows: pl.DataFrame, file: int) -> None:
        """Take the next rows, personal fields put apart."""
        places = {
            "_file": pl.lit(file, dtype=pl.Int32),
            "_seq": pl.int_range(self.rows, self.rows + rows.height, dtype=pl.Int64),
        }
        self.rows += rows.height
        self._waiting.append(rows.with_columns(**places))
        self._size += int(rows.estimated_size())
        if self._size >= FULL:
            self.flush(more=True)

    def flush(self, *, more: bool = False) -> None:
        """Write the rows that wait, by period and customer, and their labels."""
        if not self._waiting:
            return
        rows, self._waiting, self._size = pl.concat(self._waiting), [], 0
        labels = [
            self._piece(month, piece) for month, piece in self._split(rows, more=more)
        ]
        path = self.folder / f"labels-{len(self.pieces):06d}.parquet"
        write_frame(pl.concat(labels), path)

    def labels(self) -> list[Path]:
        """The files with a label of every row that came in."""
        return sorted(self.folder.glob("labels-*.parquet"))

    def _split(
        self, rows: pl.DataFrame, *, more: bool
    ) -> Iterator[tuple[str, pl.DataFrame]]:
        """The rows by period; those of keys that came before apart.

        As a rule they alone lose rows, and no other piece has to be written again.
        """
        keys = rows.select(key_text(self.table).hash()).to_series()
        again = self._seen.again(keys, more=more)
        named = rows.with_columns(periods(self.table, rows), again.alias(AGAIN))
        by = [PERIOD, AGAIN]
        pieces = named.partition_by(by, as_dict=True, include_key=False)
        for (period, repeated), piece in pieces.items():
            yield WHOLE if repeated else period, piece

    def _piece(self, month: str, rows: pl.DataFrame) -> pl.DataFrame:
        rows, number = in_order(self.table, rows), len(self.pieces)
        labels = labelled(self.table, rows, number)
        told = Told(rows.height, folded(labels["_content"]))
        path = self.folder / f"piece-{number:06d}.parquet"
        sha256 = write_rows(self.table, rows, path, told)
        self.pieces.append(Piece(number, month, path, told, sha256))
        return labels


def labelled(table: str, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """The labels of a piece's rows, which have `_file` and `_seq`."""
    digest = pl.col(DIGEST)
    return rows.select(
        key_text(table).alias("_key"),
        key_text(table).hash().alias("_hash"),
        contents(table, rows).alias("_content"),
        pl.when(digest.is_not_null()).then(digest.hash()).alias("_seal"),
        "_file",
        "_seq",
        pl.lit(number, dtype=pl.Int32).alias("_piece"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"),
    )


def kept_labels(table: str, piece: Piece) -> pl.DataFrame:
    """The labels of the rows of a part."""
    nowhere = {"_file": pl.lit(-1, pl.Int32), "_seq": pl.lit(-1, pl.Int64)}
    rows = read_rows(table, piece.path).with_columns(**nowhere)
    return labelled(table, rows, piece.number)


def read_rows(table: str, path: Path) -> pl.DataFrame:
    """The rows of a part; a column that the contract got since is empty."""
    kinds = kept_columns(table)
    return pl.scan_parquet(path, schema=kinds, missing_columns="insert").collect()


def write_rows(table: str, rows: pl.DataFrame, path: Path, told: Told) -> str:
    """Write a part, read it back and compare; the SHA-256 of the file.

    Errors: UnavailableError when the file does not hold what was told.
    """
    buffer = BytesIO()
    rows.select(list(kept_columns(table))).write_parquet(
        buffer, compression="zstd", compression_level=1, row_group_size=ROW_GROUP
    )
    path.write_bytes(buffer.getbuffer())
    found = contents(table, pl.read_parquet(path))
    if Told(len(found), folded(found)) != told:
        raise UnavailableError(
            f"The new part {path} lacks what came in; nothing was published."
        )
    return hashlib.sha256(buffer.getbuffer()).hexdigest()
