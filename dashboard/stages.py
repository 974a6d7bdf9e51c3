"""Life-cycle stages, steps between purchases, and leads, made anew at a refresh.

Purchase days are read once and walked for the last day and a year of month ends before.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from dashboard import cells, periods
from data.marts import sql
from metrics.stages import ABSENT, STAGES, Bought, Codes, Whole, stages, steps

MONTHS = 12
EPOCH = date(1970, 1, 1)
READ = """
SELECT
    CAST(o.customer_key AS BIGINT) AS customer,
    CAST(o.day - DATE '1970-01-01' AS BIGINT) AS day,
    CAST(o.valid_from - DATE '1970-01-01' AS BIGINT) AS valid_from,
    CAST(o.valid_to - DATE '1970-01-01' AS BIGINT) AS valid_to
FROM occasions AS o WHERE o.customer_key > 0 AND o.days > 0
ORDER BY o.customer_key, o.day
"""
KNOWN = """
SELECT
    c.customer_key, c.cell_one, c.cell_two,
    CAST(COALESCE(LEAST(c.acquired_on, c.first_day), DATE '1970-01-01')
        - DATE '1970-01-01' AS BIGINT) AS known
FROM customer_cells AS c WHERE c.customer_key > 0
"""
KEPT = {
    "stage_cells": "as_of, cube, store, region, tier, stage_from, stage",
    "step_cells": "cube, store, region, tier, step, days",
    "lead_paths": "reached_on, lead_id",
    "channel_costs": "channel, month",
}


def keep(connection: DuckDBPyConnection, first: date, as_of: date) -> None:
    """Make the tables anew; the customers' cells and the last day are laid out."""
    days = periods.month_ends(first, as_of)[-MONTHS - 2 :]
    people, bought = cells.frame(connection, KNOWN), _bought(connection)
    found = [_staged(bought, day, people) for day in days]
    cells.put(connection, "stage_sums", _flows(people, days, found))
    moved = pl.DataFrame(
        {
            "customer_key": people["customer_key"],
            "stage_from": _named(
                found[-2] if len(found) > 1 else 0 * found[-1] + ABSENT
            ),
            "stage": _named(found[-1]),
        }
    )
    cells.keep(connection, "lifecycle_stages", moved.sort("customer_key"))
    cells.put(connection, "step_sums", _steps(people, bought, as_of))
    for mart, order in KEPT.items():
        text = f"{sql(mart)} ORDER BY {order}"
        connection.execute(f"CREATE OR REPLACE TABLE {mart} AS {text}")


def _bought(connection: DuckDBPyConnection) -> Bought:
    rows = cells.frame(connection, READ)
    names = ("customer", "day", "valid_from", "valid_to")
    return Bought(*(rows[name].to_numpy() for name in names))


def _staged(bought: Bought, day: date, people: pl.DataFrame) -> Codes:
    """The stages of the customers on a day, in their order."""
    keys = people["customer_key"].to_numpy()
    known: Whole = np.full(int(keys.max(initial=0)) + 1, 1 << 40)
    known[keys] = people["known"].to_numpy()
    found: Codes = stages(bought, (day - EPOCH).days, known)[keys]
    return found


def _named(codes: Codes) -> pl.Series:
    kinds = pl.Series(STAGES)
    return kinds.gather(pl.Series(codes.astype(np.uint32)))


def _flows(
    people: pl.DataFrame, days: tuple[date, ...], found: list[Codes]
) -> pl.DataFrame:
    """Customers by cell, stage before and stage, for each date but the first."""
    schema = pl.Schema(
        {"as_of": pl.Date(), "before": pl.Date(), "cell": pl.Int32()}
        | {"stage_from": pl.String(), "stage": pl.String(), "customers": pl.Int64()}
    )
    told = [pl.DataFrame(schema=schema)]
    for (before, day), (old, new) in zip(pairwise(days), pairwise(found), strict=True):
        moved = people.select("cell_one", "cell_two").with_columns(
            stage_from=_named(old), stage=_named(new)
        )
        for cell in ("cell_one", "cell_two"):
            counts = moved.group_by(pl.col(cell).alias("cell"), "stage_from", "stage")
            rows = counts.agg(pl.len().alias("customers")).with_columns(
                as_of=pl.lit(day), before=pl.lit(before)
            )
            told.append(rows.select(*schema).cast(schema))
    return pl.concat(told)


def _steps(people: pl.DataFrame, bought: Bought, as_of: date) -> pl.DataFrame:
    """Customers by cell, step, days and whether the next purchase came."""
    walked = steps(bought, (as_of - EPOCH).days).with_columns(
        pl.col("customer").cast(pl.Int32)
    )
    placed = walked.join(people, left_on="customer", right_on="customer_key")
    counted = [
        placed.group_by(pl.col(cell).alias("cell"), "step", "days", "ended").agg(
            pl.len().cast(pl.Int64).alias("customers")
        )
        for cell in ("cell_one", "cell_two")
    ]
    return pl.concat(counted)
