"""The parts of personal fields: one row for each accepted row that has any.

They follow the judgement of the accepted rows. A row whose fields did not change keeps
its ciphertext; one whose fields changed, or whose row is gone, leaves its part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from data.errors import UnavailableError
from data.schemas import personal_columns
from data.warehouse.manifest import Part
from data.warehouse.merge import Workshop
from data.warehouse.personal import SCHEMA
from data.warehouse.pieces import Told
from data.warehouse.rows import DIGEST, LIGHT, WHOLE, folded
from data.warehouse.staging import Staging
from data.warehouse.store import make_folder, sync_all

STALE = """
SELECT k._key AS key FROM dropped AS k
ANTI JOIN winners AS w ON w._key = k._key AND w._seal = k._seal
WHERE k._seq < 0 AND k._seal IS NOT NULL
"""
LOST = "SELECT _seq FROM dropped WHERE _seq >= 0"
BALANCE = """
SELECT count(_seal), coalesce(bit_xor(_seal), 0) FROM arrivals
UNION ALL SELECT -count(_seal), coalesce(bit_xor(_seal), 0) FROM dropped
"""


@dataclass(frozen=True)
class Sealed:
    """Some sealed rows; `part` is where they lie, if that is a part of their own."""

    rows: pl.LazyFrame
    count: int
    part: Part | None = None


def personal_parts(
    workshop: Workshop, staging: Staging, kept: tuple[Part, ...]
) -> tuple[Part, ...]:
    """The table's personal parts after the merge; `judge` comes first.

    Errors: UnavailableError when an accepted row would lack its personal fields.
    """
    if not personal_columns(staging.table):
        return ()
    pieces = [*_staying(workshop, kept), *_new(workshop, staging)]
    light = [each for each in pieces if each.count < LIGHT]
    if not all(each.part for each in light):
        rows = pl.concat([each.rows for each in light])
        joined = Sealed(rows, sum(each.count for each in light))
        pieces = [*(each for each in pieces if each.count >= LIGHT), joined]
    named = (each for each in enumerate(pieces) if each[1].count)
    found = tuple(each.part or _write(workshop, staging, n, each) for n, each in named)
    if _told(found) != _wanted(workshop, kept):
        raise UnavailableError(
            f"The new parts of {staging.table} lack personal fields; nothing was"
            " published."
        )
    sync_all([workshop.store.root / p.path for p in found if p not in kept])
    return found


def seals(rows: pl.DataFrame) -> Told:
    """Rows and logical content, which nonces do not change."""
    return Told(rows.height, folded(rows[DIGEST].hash()))


def _staying(workshop: Workshop, kept: Iterable[Part]) -> Iterator[Sealed]:
    """The kept rows, without those that are stale."""
    stale = workshop.connection.sql(STALE).pl().lazy()
    for part in kept:
        rows = _scan(workshop.store.root / part.path)
        gone = rows.join(stale, on="key", how="semi").select(pl.len()).collect().item()
        if not gone:
            yield Sealed(rows, part.rows, part)
        else:
            left = rows.join(stale, on="key", how="anti")
            yield Sealed(left, part.rows - gone)


def _new(workshop: Workshop, staging: Staging) -> Iterator[Sealed]:
    """The rows that came in and stay."""
    came = staging.fields.sealed()
    if not came:
        return
    lost = workshop.connection.sql(LOST).pl().lazy()
    for path in came:
        rows = pl.scan_parquet(path).join(lost, on="_seq", how="anti")
        count = rows.select(pl.len()).collect().item()
        yield Sealed(rows.select(list(SCHEMA)), count)


def _scan(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, schema=dict(SCHEMA), missing_columns="insert")


def _write(workshop: Workshop, staging: Staging, number: int, piece: Sealed) -> Part:
    rows, buffer = piece.rows.sort("key").collect(), BytesIO()
    rows.write_parquet(buffer, compression="zstd", compression_level=1)
    folder = workshop.store.folder("personal", staging.table, WHOLE)
    make_folder(folder)
    path = folder / f"{workshop.version}-{number:03d}.parquet"
    path.write_bytes(buffer.getbuffer())
    told = seals(pl.read_parquet(path))
    return Part(
        kind="personal",
        table=staging.table,
        month=WHOLE,
        path=path.relative_to(workshop.store.root).as_posix(),
        rows=told.rows,
        content=f"{told.content:016x}",
        bytes=len(buffer.getbuffer()),
        sha256=hashlib.sha256(buffer.getbuffer()).hexdigest(),
    )


def _told(parts: Iterable[Part]) -> tuple[int, int]:
    rows = content = 0
    for part in parts:
        rows += part.rows
        content ^= int(part.content, 16)
    return rows, content


def _wanted(workshop: Workshop, kept: Iterable[Part]) -> tuple[int, int]:
    """What the accepted rows say that there must be, from what is new and what goes."""
    rows, content = _told(kept)
    for count, change in workshop.connection.execute(BALANCE).fetchall():
        rows += count
        content ^= change
    return rows, content
