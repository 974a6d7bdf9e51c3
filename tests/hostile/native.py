"""Columns in types of their own, as a database exports them to Parquet."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tests.hostile.cells import Cell
from tests.hostile.contract import MOMENTS, Column
from tests.hostile.moments import Moment

FLOATS: Final = Decimal(10) ** 9  # below it, a float keeps four decimals


def column(about: Column, cells: Sequence[Cell]) -> pl.Series:
    """The column's values in its own type where all have one, else as text."""
    values = [cell.value for cell in cells]
    known = [value for value in values if value is not None]
    sound = all(cell.sound for cell in cells) and known
    typed = TYPED.get(about.kind)
    found = typed(values, known) if typed and sound else None
    if found is None:
        return pl.Series([cell.text or None for cell in cells], dtype=pl.String)
    return found


def _amounts(values: list[Any], known: list[Any]) -> pl.Series:
    if max(map(abs, known)) < FLOATS and len(known) % 2:
        return pl.Series([None if v is None else float(v) for v in values])
    return pl.Series(values, dtype=pl.Decimal(18, 4))


def _wholes(values: list[Any], known: list[Any]) -> pl.Series:
    if len(known) % 2:
        return pl.Series([None if v is None else float(v) for v in values])
    return pl.Series(values, dtype=pl.Int32)


def _moments(values: list[Moment | None], known: list[Moment]) -> pl.Series | None:
    if all(each.hour is None for each in known):
        return pl.Series([each and each.on for each in values], dtype=pl.Date)
    if any(each.hour is None or each.at is None for each in known):
        return None
    stamps = [
        each.at.replace(tzinfo=UTC) if each and each.at else None for each in values
    ]
    return pl.Series(stamps, dtype=pl.Datetime("ms", "UTC"))


def _of(kind: Any) -> Callable[[list[Any], list[Any]], pl.Series]:
    return lambda values, _: pl.Series(values, dtype=kind)


TYPED: Final[Mapping[str, Callable[[list[Any], list[Any]], pl.Series | None]]] = {
    **dict.fromkeys(("money", "refund", "positive"), _amounts),
    **dict.fromkeys(("whole", "count", "length", "points", "scale"), _wholes),
    **dict.fromkeys(MOMENTS, _moments),
    **dict.fromkeys(("due", "birth", "month"), _of(pl.Date)),
    "flag": _of(pl.Boolean),
    "number": _of(pl.Float64),
}
