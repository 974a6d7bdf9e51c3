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
    """The rules of cells that break none; takes no room."""
    return pl.Series("rule", [None], dtype=pl.Null).new_from_index(0, length)


def rules(**broken: pl.Series) -> pl.Series:
    """The first rule that is true of each cell, by name; null where none is."""
    names = [name for name, mask in broken.items() if mask.any()]
    if not names:
        return no_rule(len(next(iter(broken.values()))))
    masks = pl.DataFrame({name: broken[name].fill_null(value=False) for name in names})
    named = (pl.when(pl.col(name)).then(pl.lit(name)) for name in names)
    return masks.select(rule=pl.coalesce(*named)).to_series()


def first_rule(*found: pl.Series) -> pl.Series:
    """Each cell's rule, where several questions were asked of it in this order."""
    some = [rule for rule in found if rule.null_count() < len(rule)]
    if len(some) < 2:
        return some[0] if some else found[0]
    return pl.DataFrame([rule.alias(str(n)) for n, rule in enumerate(some)]).select(
        rule=pl.coalesce(pl.all())
    )["rule"]


def placed(parsed: Parsed, rest: Parsed, places: pl.Series) -> Parsed:
    """A column with what was read of some of its cells put into their places."""
    if len(places) == len(parsed.values):
        return rest
    rule, more = (each.rule.cast(pl.String) for each in (parsed, rest))
    return Parsed(
        _put(parsed.values, places, rest.values),
        _put(rule, places, more),
        {
            name: _put(values, places, rest.derived[name])
            for name, values in parsed.derived.items()
        },
    )


def _put(column: pl.Series, places: pl.Series, cells: pl.Series) -> pl.Series:
    return column.clone().scatter(places, cells)  # which changes what it is called on
