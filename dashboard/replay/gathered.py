"""Sums of a replay, named and added to the cells that a snapshot keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.replay.answers import SCORED, SENT
from dashboard.replay.purchases import AGAIN, BOUGHT, MONEY
from dashboard.replay.tallies import LIMB, Tally
from dashboard.replay.timeline import Timeline
from data.marts import sql

WINDOWED: Final = ("place", "number")
TOLD: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "purchase_cells": (WINDOWED, BOUGHT),
    "response_cells": (WINDOWED, SENT),
    "score_cells": (WINDOWED, SCORED),
    "repurchase_cells": (("place", "horizon_days"), AGAIN),
}
"""Per kind of cells what tells its rows apart beside the cell, and what is summed."""

NAMED = (
    "c.store, c.region, c.customer_type, c.acquisition_channel, c.tier"  # of the cell
)
MART = """
SELECT c.cube, w.as_of, {keys}, {named}{cut}, {sums}
FROM gathered AS g
INNER JOIN replay_cells AS c ON c.cell = g.cell
INNER JOIN {windows} AS w ON {same}
GROUP BY c.cube, w.as_of, {keys}, {named}
"""


def tallies() -> dict[str, Tally]:
    """One for each kind of cells, with nothing in it."""
    return {mart: Tally(*told) for mart, told in TOLD.items()}


def possible(connection: DuckDBPyConnection, tiers: Sequence[str]) -> int:
    """How many cells there may be: combinations of attributes, with each tier."""
    query = "SELECT COUNT(*) FROM address_codes"
    addresses: int = connection.execute(query).fetchall()[0][0]
    return addresses * len(tiers)


def keep(
    connection: DuckDBPyConnection,
    tiers: Sequence[str],
    timeline: Timeline,
    found: Mapping[str, Tally],
    prefix: str,
) -> None:
    """Add what was summed to the kept cells, or to temporary ones with a prefix."""
    numbered = pl.DataFrame({"tier": tiers}).with_row_index("number")
    cells.put(connection, "replay_tiers", numbered)
    cells.put(connection, "replay_dates", _dates(timeline))
    cells.put(connection, "replay_windows", _windows(timeline))
    cells.table(connection, "replay_cells", sql("replay_cells"))
    kind = "TEMP TABLE" if prefix else "TABLE"
    for mart, tally in found.items():
        cells.put(connection, "gathered", tally.rows())
        name, text = f"{prefix}{mart}", _text(mart)
        connection.execute(f"CREATE {kind} IF NOT EXISTS {name} AS {text} LIMIT 0")
        connection.execute(f"INSERT INTO {name} {text}")


def _text(mart: str) -> str:
    keys, sums = TOLD[mart]
    if keys == WINDOWED:
        windows, same = "replay_windows", "w.place = g.place AND w.number = g.number"
        key, cut = "w.period", ", '*' AS cut"
    else:
        windows, same = "replay_dates", "w.place = g.place"
        key, cut = "g.horizon_days", ""
    told = [name for name in sums if not name.endswith("_high")]
    summed = ", ".join(map(_sum, told))
    return MART.format(
        keys=key, named=NAMED, cut=cut, sums=summed, windows=windows, same=same
    )


def _sum(name: str) -> str:
    """A sum over cells; of money, both its parts, in ten-thousandths."""
    if name not in MONEY:
        return f"CAST(SUM(g.{name}) AS BIGINT) AS {name}"
    whole = f"SUM(CAST(g.{name}_high AS HUGEINT) * {1 << LIMB} + g.{name})"
    unit = "CAST(0.0001 AS DECIMAL(4, 4))"
    return f"CAST({whole} AS DECIMAL(34, 0)) * {unit} AS {name}"


def _dates(timeline: Timeline) -> pl.DataFrame:
    days = pl.DataFrame({"as_of": timeline.days}, schema={"as_of": pl.Date})
    return days.with_row_index("place")


def _windows(timeline: Timeline) -> pl.DataFrame:
    periods = pl.DataFrame({"period": [each.period for each in timeline.windows]})
    return _dates(timeline).join(periods.with_row_index("number"), how="cross")
