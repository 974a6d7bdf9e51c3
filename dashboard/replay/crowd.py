"""The customers that are replayed together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.replay.tracks import Vector

CHUNK_ROWS = 4_000_000
"""Rows of purchase totals that are replayed at once."""


@dataclass(frozen=True)
class Crowd:
    """Customers with numbers in a range: their keys in order, and their addresses."""

    low: int
    high: int
    keys: Vector
    address: Vector

    @classmethod
    def between(cls, connection: DuckDBPyConnection, low: int, high: int) -> Crowd:
        """The customers whose number is at least `low` and below `high`."""
        found = cells.frame(
            connection,
            "SELECT customer_key, address FROM address_keys"  # noqa: S608 numbers of ours
            f" WHERE customer_key >= {low} AND customer_key < {high}"
            " ORDER BY customer_key",
        )
        keys = found["customer_key"].to_numpy()
        return cls(low, high, keys, found["address"].to_numpy())

    def __len__(self) -> int:
        """How many customers there are."""
        return len(self.keys)

    def places(self, keys: Vector) -> Vector:
        """Where customers stand among these, by their numbers."""
        where = np.zeros(self.high - self.low, np.int32)
        where[self.keys - self.low] = np.arange(len(self.keys), dtype=np.int32)
        found: Vector = where[keys - self.low]
        return found

    def rows(
        self, connection: DuckDBPyConnection, table: str, columns: str
    ) -> pl.DataFrame:
        """The rows of a table of totals that are about these customers."""
        return cells.frame(
            connection,
            f"SELECT t.customer_key, {columns} FROM {table} AS t"  # noqa: S608 our own names
            f" WHERE t.customer_key >= {self.low} AND t.customer_key < {self.high}",
        )


def ranges(connection: DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    """Ranges of customers' numbers with about so many rows of totals each."""
    rows = connection.table("purchase_totals").aggregate("COUNT(*)").fetchall()[0][0]
    query = "SELECT COALESCE(MAX(customer_key), -1) + 1 FROM address_keys"
    end: int = connection.execute(query).fetchall()[0][0]
    width = -(-end // (1 + rows // CHUNK_ROWS))
    for low in range(0, end, max(1, width)):
        yield low, min(end, low + width)
