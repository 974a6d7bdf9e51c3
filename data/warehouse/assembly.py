"""From judged pieces to parts: kept as they are, taken over, rewritten or joined.

A kept file without a lost row stays, and a file of rows that came in becomes a part by
a rename. A file that loses rows is written again without them. Light files of a period
are joined, so that many small deliveries leave few files; heavy ones are let be, so
that a day's delivery does not rewrite what came before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import polars as pl

from data.schemas import columns
from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop, losses
from data.warehouse.pieces import NOTHING, Piece, Told, read_rows, write_rows
from data.warehouse.rows import LIGHT, in_order, write_frame
from data.warehouse.staging import Staging
from data.warehouse.store import make_folder, sync_all

GOING = "SELECT _row FROM dropped WHERE _piece = $piece"
CUSTOMER = "customer_id"


class Assembly:
    """Makes the parts of one table; `judge` comes first.

    `customers` gathers who has rows that are new, replaced or gone, where asked for.
    """

    def __init__(
        self, workshop: Workshop, staging: Staging, *, customers: bool
    ) -> None:
        self.table = staging.table
        self._workshop = workshop
        self._staging = staging
        self._lost = losses(workshop.connection)
        self._made: list[Part] = []
        named = customers and CUSTOMER in columns(self.table)
        self._customers: list[pl.Series] | None = [] if named else None

    def parts(self, kept: Sequence[Piece]) -> tuple[Part, ...]:
        """The table's parts after the merge, all of them on disk."""
        pieces = sorted(
            [*kept, *self._staging.arrivals.pieces], key=lambda each: each.month
        )
        found = [
            part
            for _, period in groupby(pieces, key=lambda each: each.month)
            for part in self._period(list(period))
        ]
        sync_all([self._workshop.store.root / part.path for part in self._made])
        return tuple(found)

    @property
    def changed(self) -> bool:
        """Whether the table holds other rows than before."""
        arrived = sum(each.told.rows for each in self._staging.arrivals.pieces)
        gone = sum(told.rows for number, told in self._lost.items() if number >= 0)
        return arrived > gone or any(number < 0 for number in self._lost)

    def customers(self) -> Path | None:
        """A file of the customers whose rows differ from before; null is nobody."""
        if self._customers is None:
            return None
        ids = pl.concat([pl.Series(CUSTOMER, [], dtype=pl.String), *self._customers])
        path = self._staging.folder / "customers.parquet"
        write_frame(ids.unique().to_frame(), path)
        return path

    def _period(self, pieces: Sequence[Piece]) -> Iterator[Part]:
        left = [each for each in pieces if self._left(each).rows]
        for each in pieces:
            self._note(each)
        light = [each for each in left if self._left(each).rows < LIGHT]
        if len(light) > 1 and not all(map(self._stays, light)):
            yield self._joined(light)
        else:
            yield from map(self._one, light)
        yield from (self._one(each) for each in left if each not in light)

    def _left(self, piece: Piece) -> Told:
        return piece.told.less(self._lost.get(piece.number, NOTHING))

    def _stays(self, piece: Piece) -> bool:
        return piece.part is not None and piece.number not in self._lost

    def _one(self, piece: Piece) -> Part:
        if piece.part is not None and self._stays(piece):
            return piece.part
        if piece.number in self._lost:
            return self._joined([piece])
        path = self._place(piece.month)
        piece.path.rename(path)
        return self._part(path, piece.told, piece.sha256)

    def _joined(self, pieces: Sequence[Piece]) -> Part:
        rows = pl.concat([self._rows(each) for each in pieces])
        if len(pieces) > 1:
            rows = in_order(self.table, rows)
        told = sum((self._left(each) for each in pieces), NOTHING)
        path = self._place(pieces[0].month)
        sha256 = write_rows(self.table, rows, path, told)
        return self._part(path, told, sha256)

    def _rows(self, piece: Piece, *, going: bool = False) -> pl.DataFrame:
        """The rows of a piece that stay; or those that go."""
        rows = read_rows(self.table, piece.path)
        if piece.number not in self._lost:
            return rows.clear() if going else rows
        given = {"piece": piece.number}
        places = self._workshop.connection.sql(GOING, params=given).pl()["_row"]
        chosen = pl.Series([not going]).new_from_index(0, rows.height)
        return rows.filter(chosen.scatter(places, going))

    def _note(self, piece: Piece) -> None:
        """Remember whose rows are new, or are lost from a kept file."""
        if self._customers is None or self._stays(piece):
            return
        if self._left(piece).rows or piece.part is not None:
            rows = self._rows(piece, going=piece.part is not None)
            self._customers.append(rows[CUSTOMER].unique())

    def _place(self, month: str) -> Path:
        folder = self._workshop.store.folder("parts", self.table, month)
        make_folder(folder)
        return folder / f"{self._workshop.version}-{len(self._made):03d}.parquet"

    def _part(self, path: Path, told: Told, sha256: str) -> Part:
        made = Part(
            kind="parts",
            table=self.table,
            month=path.parent.name,
            path=path.relative_to(self._workshop.store.root).as_posix(),
            rows=told.rows,
            content=f"{told.content:016x}",
            bytes=path.stat().st_size,
            sha256=sha256,
        )
        self._made.append(made)
        return made
