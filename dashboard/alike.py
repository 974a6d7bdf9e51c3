"""Customers who look alike, as rows and as a file to work through."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from data.sources.exported import guarded
from data.warehouse import Snapshot
from data.warehouse.look_alikes import groups_of, listed

NAMES = ("customer_id", "other_id", "reasons", "members", "ids")


def rows_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One row per pair, or per crowd on one value, which has no other id."""
    return listed(groups_of(snapshot)).to_dicts()


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    """The rows for Excel; ids that Excel would change have an apostrophe before."""
    file = StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(NAMES)
    for row in rows:
        cells = (row[name] for name in NAMES)
        writer.writerow(guarded(_text(cell)) for cell in cells)
    return file.getvalue().encode("utf-8-sig")


def _text(cell: object) -> str:
    if isinstance(cell, list):
        return " ".join(map(str, cell))
    return "" if cell is None else str(cell)
