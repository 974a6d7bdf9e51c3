"""Sums of a replay, named and added to the cells that a snapshot keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells
from dashboard.replay.answers import SCORED, SENT
from dashboard.replay.purchases import AGAIN, BOUGHT, MONEY
from dashboard.replay.tallies import LIMB, Cubes, Tally
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

GROUND = ("address_codes", "address_keys", "home_keys")
NAMED = (*("cube", "store", "region", "customer_type", "acquisition_channel", "tier"),)
PLACED = """
SELECT {keys}, {sums}
FROM gathered_{mart} AS g
INNER JOIN replay_cells AS c ON c.cell = g.cell
INNER JOIN {windows} AS w ON {same}
GROUP BY {keys}
"""


def tallies() -> dict[str, Tally]:
    """One for each kind of cells, with nothing in it."""
    return {mart: Tally(*told) for mart, told in TOLD.items()}


def lay_ground(connection: DuckDBPyConnection, tiers: Sequence[str]) -> Cubes:
    """Number the combinations that customers may have, and the cells of the cubes."""
    for mart in GROUND:
        cells.table(connection, mart, sql(mart))
    cells.put(connection, "cubes", cells.cubes())
    numbered = pl.DataFrame({"number": range(len(tiers)), "tier": tiers})
    cells.put(connection, "replay_tiers", numbered)
    found = cells.frame(connection, sql("replay_cells")).with_columns(
        (pl.struct(NAMED).rank("dense") - 1).alias("cell")
    )
    cells.put(connection, "replay_cells", found.select("cell", *NAMED).unique())
    ordered = found.sort("combination")
    parts = (ordered.filter(number=each) for each in (1, 2))  # nobody is in neither
    belongs = [part["cell"].to_numpy() for part in parts]
    return Cubes(len(belongs[0]), found["cell"].n_unique(), belongs)


def put_by(connection: DuckDBPyConnection, found: Mapping[str, Tally]) -> None:
    """Put the sums of some customers by, out of the process's memory."""
    for mart, tally in found.items():
        connection.register("incoming", tally.take())
        name = f"gathered_{mart}"
        query = f"CREATE TEMP TABLE IF NOT EXISTS {name} AS FROM incoming LIMIT 0"
        connection.execute(query)
        connection.execute(f"INSERT INTO {name} FROM incoming")
        connection.unregister("incoming")


def keep(connection: DuckDBPyConnection, timeline: Timeline, prefix: str) -> None:
    """Add what was put by to the kept cells, or to temporary ones with a prefix."""
    cells.put(connection, "replay_dates", _dates(timeline))
    cells.put(connection, "replay_windows", _windows(timeline))
    kind = "TEMP TABLE" if prefix else "TABLE"
    for mart in TOLD:
        name, text = f"{prefix}{mart}", _text(mart)
        connection.execute(f"CREATE {kind} IF NOT EXISTS {name} AS {text} LIMIT 0")
        connection.execute(f"INSERT INTO {name} {text}")
        connection.execute(f"DROP TABLE gathered_{mart}")


def _text(mart: str) -> str:
    keys, sums = TOLD[mart]
    cube, *named = (f"c.{name}" for name in NAMED)
    if keys == WINDOWED:
        windows, same = "replay_windows", "w.place = g.place AND w.number = g.number"
        told = [cube, "w.as_of", "w.period", *named]
    else:
        windows, same = "replay_dates", "w.place = g.place"
        told = [cube, "w.as_of", "g.horizon_days", *named]
    summed = [_sum(name) for name in sums if not name.endswith("_high")]
    cut = ["'*' AS cut"] if keys == WINDOWED else []
    return PLACED.format(
        mart=mart,
        keys=", ".join(told),
        sums=", ".join((*cut, *summed)),
        windows=windows,
        same=same,
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
