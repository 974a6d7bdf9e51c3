"""What a column of cells becomes: values, and the rule that a cell breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

MISSING = ("", "NULL", "null", "N/A", "NA", "#N/A")


@dataclass(frozen=True)
class Conventions:
    """How a table's cells are written, and when and where they are read."""

    now: datetime  # naive UTC
    business_zone: str
    naive_zone: str
    decimal: str = "."
    date_format: str | None = None


@dataclass(frozen=True)
class Parsed:
    """A column read: null values where a cell is missing or breaks its rule."""

    values: pl.Series
    rule: pl.Series  # the rule that a cell breaks; null when none
    derived: Mapping[str, pl.Series] = field(default_factory=dict)


def no_rule(length: int) -> pl.Series:
    """The rules of cells that break none."""
    return pl.repeat(None, length, dtype=pl.String, eager=True).alias("rule")


def rules(**broken: pl.Series) -> pl.Series:
    """The first rule that is true of each cell, by name; null where none is."""
    masks = pl.DataFrame(
        {name: mask.fill_null(value=False) for name, mask in broken.items()}
    )
    named = (pl.when(pl.col(name)).then(pl.lit(name)) for name in broken)
    return masks.select(rule=pl.coalesce(*named)).to_series()
