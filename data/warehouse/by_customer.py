"""The accepted rows of one customer, out of the few parts that may hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from data.schemas import columns
from data.warehouse.rows import quoted
from data.warehouse.snapshot import Snapshot

RANGES = """
SELECT
    file_name, MIN(stats_min_value) AS lowest, MAX(stats_max_value) AS highest,
    COUNT(stats_min_value) = COUNT(*) AND COUNT(stats_max_value) = COUNT(*) AS known
FROM parquet_metadata($paths) WHERE path_in_schema = 'customer_id'
GROUP BY file_name ORDER BY file_name
"""

FROM_PARTS = (
    "FROM read_parquet($paths, union_by_name = true) WHERE customer_id = $customer"
)


@dataclass(frozen=True)
class Ranges:
    """The parts of one table, each with its first and its last customer."""

    table: str
    parts: Sequence[tuple[str, str, str]]

    def holding(self, customer: str) -> list[str]:
        """The parts that may hold rows of a customer."""
        return [
            path
            for path, lowest, highest in self.parts
            if lowest <= customer <= highest
        ]


def ranges(snapshot: Snapshot, table: str) -> Ranges:
    """Which customers the parts of a table hold, as the ends of the files say.

    Parts are sorted by customer, so few of them hold any one customer.
    """
    paths = snapshot.parts(table)
    if not paths:
        return Ranges(table, ())
    with snapshot.cursor() as cursor:
        rows = cursor.execute(RANGES, {"paths": paths}).fetchall()
    last = chr(0x10FFFF)
    return Ranges(
        table,
        [(path, low, high) if known else (path, "", last)
         for path, low, high, known in rows],
    )  # fmt: skip


def rows_of(snapshot: Snapshot, found: Ranges, customer: str) -> pl.DataFrame:
    """The accepted rows of one customer in one table, without personal fields."""
    kept = columns(found.table)
    paths = found.holding(customer)
    if not paths:
        return pl.DataFrame(schema=dict(kept))
    names = ", ".join(map(quoted, kept))
    text = f"SELECT {names} {FROM_PARTS}"
    given = {"paths": paths, "customer": customer}
    with snapshot.cursor() as cursor:
        return cursor.execute(text, given).pl()
