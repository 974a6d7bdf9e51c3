"""Who may be turned to: not those who refused, nor those whom a lot holds out."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboard import recorded
from dashboard.reader import Reader

REFUSED = """
SELECT customer_id FROM read_parquet($paths, union_by_name = true)
WHERE NOT consent ORDER BY customer_id
"""
ONE = {"customer_id": pl.String}


def refused(reader: Reader) -> pl.DataFrame:
    """The customers who have not agreed to be contacted."""

    def ask() -> pl.DataFrame:
        paths = reader.snapshot.parts("customers")
        if not paths:
            return pl.DataFrame(schema=ONE)
        with reader.snapshot.cursor() as cursor:
            return cursor.execute(REFUSED, {"paths": paths}).pl()

    return reader.remember("refused", ask)


def left_alone(reader: Reader, today: date) -> pl.DataFrame:
    """The customers whom a running control group of any programme holds out.

    Errors: UnavailableError when the book cannot be read.
    """
    return recorded.held_out(reader.snapshot.store, today)
