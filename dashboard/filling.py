"""Fill a new snapshot's database: anew, or from the last one's where little changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from dashboard.delivery import Job
from data.marts import layout
from data.warehouse import marts
from data.warehouse.manifest import Part
from data.warehouse.publish import Building
from data.warehouse.soundness import check_marts
from data.warehouse.store import DamageError

BY_CUSTOMER: Final = ("orders", "customers", "surveys")
"""Input tables that a snapshot's tables are made of, customer by customer."""

FOR_ALL: Final = ("stores",)
"""Input tables of which a row may change what is told of any customer."""

RENEWED: Final = {"profiles", "purchase_totals", "purchase_cells", "clv_models"}
"""Tables that a base has to have; a snapshot of other marts has none of them."""


def base(begun: Building, job: Job, parts: Sequence[Part]) -> Path | None:
    """The last snapshot's database, if it can be brought up to date.

    It has to be whole, and made by the same program with the same settings and stores.
    """
    previous = begun.previous
    if previous is None or not job.renewing or previous.layout != layout():
        return None
    if previous.settings != job.settings.model_dump(mode="json"):
        return None
    if marts.moved(begun, parts, FOR_ALL).any() or not previous.marts.keys() >= RENEWED:
        return None
    try:
        check_marts(begun.store, previous)
    except DamageError:
        return None
    return begun.store.snapshots / previous.id / begun.marts.name


def fill(
    connection: DuckDBPyConnection, job: Job, day: date, moved: marts.Moved | None
) -> None:
    """Make the tables as of a day; where files only moved, out of those of the base."""
    if moved is not None:
        from dashboard import renewal  # the models are slow to import

        if renewal.changed(connection, moved):
            return renewal.renew(connection, job.settings, day)
        marts.empty(connection)
    return job.build(connection, job.settings, day)
